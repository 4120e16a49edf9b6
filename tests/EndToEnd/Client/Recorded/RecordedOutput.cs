using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>Compares what the original printed with what ours prints: stamps, numbers of change and loads aside.</summary>
public static partial class RecordedOutput
{
    // Ours alone: attributes of jobs and nodes that the original does not have.
    private static readonly string[] Ours = ["epoch", "ver", "caps", "links"];

    // Ours has them set from the start, the original with the first change.
    private static readonly string[] Early = ["active", "seq", "ts", "pid", "rc", "error", "end_ts"];

    // A box of ours routes a job while it answers; the original does so within a second.
    private static readonly string[] Routed = ["node", "submit_node", "state", "start_ts", "start_count"];

    // A job without a node is given to the asked node by the original. Other values differ from run to run.
    private static readonly string[] Varying = ["ts", "submit_ts", "start_ts", "end_ts", "seq", "pid", "loadavg", "port"];

    private static readonly string[] Switches = ["hold", "restart", "resubmit"];

    /// <summary>What differs; null when nothing does.</summary>
    /// <param name="call">The recorded call.</param>
    /// <param name="expected">Its output, with ids as they are here.</param>
    /// <param name="output">What ours printed.</param>
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

    /// <summary>The JSON values that a text holds one after the other; none when it is anything else.</summary>
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
        var more = ours.EnumerateObject().Where(member => member.Value.ValueKind is not JsonValueKind.Null).Select(member => member.Name).Except(known).ToList();
        return more.Count is 0 ? null : $"{path} has {string.Join(", ", more.Select(name => $"{name}: {ours.GetProperty(name)}"))}";
    }

    // The original has a null in the list of a job without tags, and a text where mod has set one.
    private static JsonElement Tags(JsonElement tags) => tags.ValueKind is JsonValueKind.String ? JsonElement.Parse($"[{tags.GetRawText()}]")
        : tags.GetRawText().Replace(" ", "").Replace("\n", "") is "[null]" ? JsonElement.Parse("[]")
        : tags;

    private static string Text(string text) => Reports().Replace(Loads().Replace(text, "$1\tload"), "0");

    [GeneratedRegex(@"(?<=\t)(online|offline)\t\d+\.\d+(?=\n)")]
    private static partial Regex Loads();

    // A node reports a running job every 30 s: on a busy machine the first report comes before the end of the test.
    [GeneratedRegex(@"(?<=\trunning\t)\d+(?=\t)")]
    private static partial Regex Reports();
}
