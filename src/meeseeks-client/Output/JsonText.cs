using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Prints JSON sorted by key and indented by 4 (docs/SPECIFICATION.md#script-output).</summary>
internal static class JsonText
{
    // Output is not HTML, so HTML characters need no escapes. Control characters are still escaped.
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints a value and a newline.</summary>
    public static async Task PrintAsync(ConsoleOutput console, JsonElement value, CancellationToken stop)
    {
        await console.FlushAsync(stop);
        await using (var writer = new Utf8JsonWriter(console.Out.BaseStream, Options))
        {
            Write(writer, value);
        }

        await console.Out.WriteLineAsync();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                {
                    Write(writer, element);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
