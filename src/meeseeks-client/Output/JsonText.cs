using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Prints JSON sorted by key and indented by 4 (docs/SPECIFICATION.md#script-output).</summary>
internal static class JsonText
{
    /// <summary>Prints a value and a newline.</summary>
    public static async Task PrintAsync(ConsoleOutput console, JsonElement value, CancellationToken stop)
    {
        await console.FlushAsync(stop);
        await using (var writer = new Utf8JsonWriter(console.Out.BaseStream, JsonFormat.Indented))
        {
            SortedJson.Write(writer, value);
        }

        await console.Out.WriteLineAsync();
    }
}
