using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The value of an attribute with a result: the job as JSON, without what a job has been told to do, and short.</summary>
/// <remarks>All attributes of a file together have little room: about 4 kB on ext4, and less for what is in the inode.</remarks>
internal static class AttributeText
{
    private const string TimeKey = "watch_ts";
    private const string EndKey = "end_ts";
    private const string ErrorKey = "error";
    private const int MostBytes = 1000;
    private const int LongestError = 200;

    private static readonly string[] Keys = [.. FailureText.RunKeys, "node", "state", "rc", FailureText.CountKey];

    /// <summary>Values for a result, each shorter than the one before. The last one is empty: its name alone tells the result.</summary>
    /// <param name="text">The text of its status file.</param>
    /// <param name="now">When it is recorded, in units of 100 ns since 1970.</param>
    public static IReadOnlyList<byte[]> Of(byte[] text, long now)
    {
        using var document = JsonDocument.Parse(text);
        var jobs = JobsOf(document.RootElement);
        if (jobs.Count == 0)
            return [[]];
        string[] shortest = [.. FailureText.RunKeys, FailureText.CountKey];
        var values = new List<byte[]> { Value(jobs, Keys, LongestError, now) };
        for (var count = jobs.Count - 1; count > 0 && values[0].Length > MostBytes; count--)
            values[0] = Value(jobs[..count], Keys, LongestError, now);
        values.Add(Value(jobs[..1], shortest, longestError: 0, now));
        return [.. values.Where(value => value.Length <= MostBytes), []];
    }

    /// <summary>When a value was written; null when it does not say that.</summary>
    public static long? TimeOf(byte[] value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object)
                return null;
            if (Seconds(root, TimeKey) is { } time)
                return time;

            // A value of the original has the end of its job only.
            return JobsOf(root).Max(job => Seconds(job, EndKey));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long? Seconds(JsonElement job, string key) =>
        job.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.Number
            ? FileTime.Parse(System.Text.Encoding.UTF8.GetBytes(value.GetRawText()))
            : null;

    private static List<JsonElement> JobsOf(JsonElement root) =>
        IsJob(root) ? [root]
        : root.ValueKind is JsonValueKind.Object ? [.. root.EnumerateObject().Select(member => member.Value).Where(IsJob)]
        : [];

    private static bool IsJob(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object
        && value.TryGetProperty(FailureText.RunKeys[0], out var id) && id.ValueKind is JsonValueKind.String;

    private static byte[] Value(List<JsonElement> jobs, string[] keys, int longestError, long now)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonFormat.Compact))
        {
            writer.WriteStartObject();
            if (jobs is [var job])
                WriteMembers(writer, job, keys, longestError);
            else
                jobs.ForEach(one => WriteJob(writer, one, keys, longestError));
            writer.WritePropertyName(TimeKey);
            writer.WriteRawValue(FileTime.Text(now));
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteJob(Utf8JsonWriter writer, JsonElement job, string[] keys, int longestError)
    {
        writer.WritePropertyName(LosslessJson.Of(job.GetProperty(FailureText.RunKeys[0])));
        writer.WriteStartObject();
        WriteMembers(writer, job, keys, longestError);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement job, string[] keys, int longestError)
    {
        foreach (var key in keys)
        {
            if (!job.TryGetProperty(key, out var value) || value.ValueKind is JsonValueKind.Null)
                continue;
            writer.WritePropertyName(key);
            LosslessJson.Write(writer, value);
        }

        if (longestError == 0 || !job.TryGetProperty(ErrorKey, out var error) || error.ValueKind is not JsonValueKind.String)
            return;
        var text = LosslessJson.Of(error);
        if (text.Length > longestError)
            text = $"{text[..(char.IsHighSurrogate(text[longestError - 1]) ? longestError - 1 : longestError)]}…";
        if (text.Length > 0)
            writer.WriteString(ErrorKey, text);
    }
}
