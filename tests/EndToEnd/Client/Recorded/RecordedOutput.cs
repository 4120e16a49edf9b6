using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>Compares the recorded output with the output of meeseeks-client, without stamps, numbers of change and loads.</summary>
public static partial class RecordedOutput
{
    // Attributes of jobs and nodes that the original does not have.
    private static readonly string[] Ours =
    [
        "epoch", "restarted_at", "killed_at", "changed_at", "ver", "caps", "links", "instance", "cert_until", "max_request", "cpu",
        "maxrss", "io",
    ];

    // meeseeks-box sets these attributes at the submit, the original with the first change.
    private static readonly string[] Early = ["active", "seq", "ts", "pid", "rc", "error", "end_ts"];

    // meeseeks-box routes a job before it answers, the original within a second afterwards.
    private static readonly string[] Routed = ["node", "submit_node", "state", "start_ts", "start_count"];

    // These values differ from run to run.
    private static readonly string[] Varying = ["ts", "submit_ts", "start_ts", "end_ts", "seq", "pid", "loadavg", "port"];

    private static readonly string[] Switches = ["hold", "restart", "resubmit"];

    /// <summary>The first difference, as text; null if there is none.</summary>
    /// <param name="call">The recorded call.</param>
    /// <param name="expected">The recorded output, with the ids of this run.</param>
    /// <param name="output">The output of meeseeks-client.</param>
    public static string? Difference(RecordedCall call, string expected, string output)
    {
        if (Values(expected) is { Count: > 0 } values)
        {
            var isAnswerToSubmit = call.Command is "sub" || (call.Command is "conf" && values[0].TryGetProperty("config", out _) is false);
            return Values(output) is { Count: > 0 } ours ? Difference("", values[0], ours[0], isAnswerToSubmit) : $"no JSON but: {output}";
        }

        var (theirs, here) = (Text(expected), Text(output));
        return theirs == here ? null : $"expected:\n{theirs}\nprinted:\n{here}";
    }

    /// <summary>The JSON values of a text, in order; empty if the text is not JSON.</summary>
    public static List<JsonElement> Values(string text)
    {
        var values = new List<JsonElement>();
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            for (var start = 0; !string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(bytes.AsSpan(start)));)
            {
                var reader = new Utf8JsonReader(bytes.AsSpan(start), isFinalBlock: false, default);
                if (!JsonElement.TryParseValue(ref reader, out var value))
                    break;
                values.Add(value.Value);
                start += (int)reader.BytesConsumed;
            }

            return values;
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string? Difference(string path, JsonElement theirs, JsonElement ours, bool isAnswerToSubmit)
    {
        var key = path[(path.LastIndexOf('.') + 1)..];
        if (key is "tags")
            (theirs, ours) = (Tags(theirs), Tags(ours));
        if (Switches.Contains(key) && theirs.ValueKind is JsonValueKind.Number)
            theirs = JsonElement.Parse(theirs.GetInt32() is 0 ? "false" : "true");

        // The original assigns a job without a possible node to the node that received it.
        if (key is "node" or "submit_node" && ours.ValueKind is JsonValueKind.False)
            return null;
        if (theirs.ValueKind is JsonValueKind.Object && ours.ValueKind is JsonValueKind.Object)
            return Members(path, theirs, ours, isAnswerToSubmit);
        if (Varying.Contains(key) && theirs.ValueKind == ours.ValueKind)
            return null;
        return JsonElement.DeepEquals(theirs, ours) ? null : $"{path}: {theirs.GetRawText()} expected, {ours.GetRawText()} printed";
    }

    private static string? Members(string path, JsonElement theirs, JsonElement ours, bool isAnswerToSubmit)
    {
        foreach (var member in theirs.EnumerateObject().Where(member => !(isAnswerToSubmit && Routed.Contains(member.Name))))
        {
            var difference = ours.TryGetProperty(member.Name, out var value)
                ? Difference($"{path}.{member.Name}", member.Value, value, isAnswerToSubmit)
                : $"{path}.{member.Name} is missing";
            if (difference is not null)
                return difference;
        }

        string[] known =
        [
            .. theirs.EnumerateObject().Select(member => member.Name),
            .. Ours,
            .. ours.TryGetProperty("id", out var id) && path == $".{id}" ? ["id"] : Array.Empty<string>(),
            .. theirs.TryGetProperty("submit_ts", out _) ? Early : [],
            .. isAnswerToSubmit ? Routed : [],
        ];
        var more = ours.EnumerateObject().Where(member => member.Value.ValueKind is not JsonValueKind.Null)
            .Select(member => member.Name).Except(known).ToList();
        return more.Count is 0 ? null : $"{path} has {string.Join(", ", more.Select(name => $"{name}: {ours.GetProperty(name)}"))}";
    }

    // The original stores [null] for a job without tags, and a text for a tag that mod has set.
    private static JsonElement Tags(JsonElement tags) =>
        tags.ValueKind is JsonValueKind.String ? JsonElement.Parse($"[{tags.GetRawText()}]")
        : tags.GetRawText().Replace(" ", "").Replace("\n", "") is "[null]" ? JsonElement.Parse("[]")
        : tags;

    private static string Text(string text) => Reports().Replace(Loads().Replace(text, "$1\tload"), "0");

    [GeneratedRegex(@"(?<=\t)(online|offline)\t\d+\.\d+(?=\n)")]
    private static partial Regex Loads();

    // A node reports a running job every 30 s; on a slow machine the first report may arrive before the end of the test.
    [GeneratedRegex(@"(?<=\trunning\t)\d+(?=\t)")]
    private static partial Regex Reports();
}
