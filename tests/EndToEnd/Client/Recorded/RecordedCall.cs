using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>One call of the original's client, of January 2020, at a node of the original.</summary>
/// <param name="Number">Its line in the recording, from 1.</param>
/// <param name="Words">The command line, with the name that the program was called by.</param>
/// <param name="Conf">What MEESEEKS_CONF held beside the address.</param>
/// <param name="Node">The node that was asked.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Status">Its exit status; null: it went on for ever.</param>
public sealed record RecordedCall(int Number, IReadOnlyList<string> Words, string Conf, string Node, string Output, int? Status)
{
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["qsub"] = "sub",
        ["qstat"] = "stat",
        ["qjob"] = "job",
        ["qdel"] = "del",
        ["qmod"] = "mod",
        ["qconf"] = "conf",
    };

    /// <summary>All calls, in their order.</summary>
    public static IReadOnlyList<RecordedCall> All { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Client", "Recorded", "calls-2020-01.jsonl"))
            .Select((line, index) => Read(JsonElement.Parse(line), index + 1)),
    ];

    /// <summary>The words for our client: the command in place of the q name, which only the native program sees.</summary>
    public string[] ClientWords => Commands.TryGetValue(Words[0], out var command) ? [command, .. Words.Skip(1)] : [.. Words.Skip(1)];

    /// <summary>Its command; empty when it names none.</summary>
    public string Command => ClientWords.FirstOrDefault("");

    /// <inheritdoc/>
    public override string ToString() => $"line {Number}: {Conf} {string.Join(' ', Words)}";

    private static RecordedCall Read(JsonElement line, int number) => new(
        number,
        line.Texts("command"),
        line.Text("conf"),
        line.Text("node"),
        line.Text("stdout"),
        line.Number("status") is { } status ? (int)status : null);
}
