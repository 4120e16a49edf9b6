using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>A recorded call of the client of the original (January 2020) to a node of the original.</summary>
/// <param name="Number">The line in the recording, from 1.</param>
/// <param name="Words">The command line, with the name of the program.</param>
/// <param name="Conf">The value of MEESEEKS_CONF, without the address.</param>
/// <param name="Node">The node that received the requests.</param>
/// <param name="Output">The standard output.</param>
/// <param name="Status">The exit status; null: the call did not end by itself.</param>
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

    /// <summary>All calls, in the order of the recording.</summary>
    public static IReadOnlyList<RecordedCall> All { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Client", "Recorded", "calls-2020-01.jsonl"))
            .Select((line, index) => Read(JsonElement.Parse(line), index + 1)),
    ];

    /// <summary>The words for meeseeks-client: the command replaces the q name, which only the native program sees.</summary>
    public string[] ClientWords => Commands.TryGetValue(Words[0], out var command) ? [command, .. Words.Skip(1)] : [.. Words.Skip(1)];

    /// <summary>The command; empty if there is none.</summary>
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
