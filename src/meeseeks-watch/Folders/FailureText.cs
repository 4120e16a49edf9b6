using System.Collections.Immutable;
using System.Text.Json;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What the text of a <see cref="StatusState.Failed"/> file says of the failures of its work.</summary>
/// <param name="Failures">How often the work has failed in a row; 0 when the text does not say it, as that of other versions.</param>
/// <param name="Run">What distinguishes the last run from all others; null when the text is not that of a job.</param>
internal readonly record struct FailureText(int Failures, string? Run)
{
    /// <summary>The key with the number of failures.</summary>
    public const string CountKey = "watch_failures";

    private const long LongestText = 64 * 1024 * 1024;

    /// <summary>The keys of a job that distinguish one run from all others. The first one is in each job.</summary>
    public static readonly IReadOnlyList<string> RunKeys = ["id", "submit_ts", "start_ts", "end_ts"];

    /// <summary>Whether the last run is that of another text. Where there is little room, only the first of several jobs is kept.</summary>
    public bool IsRunOf(FailureText whole) => Run is { Length: > 0 } run && whole.Run?.StartsWith(run, StringComparison.Ordinal) is true;

    /// <summary>A job that has the number of failures as one more key.</summary>
    public static Job WithCount(Job job, int failures)
    {
        var extra = job.Extra ?? ImmutableSortedDictionary<string, JsonElement>.Empty;
        using var number = JsonDocument.Parse(failures.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return job with { Extra = extra.SetItem(CountKey, number.RootElement.Clone()) };
    }

    /// <summary>Reads a status file. One that cannot be read says nothing.</summary>
    public static FailureText Read(string path)
    {
        try
        {
            var isText = FileKind.FactsOf(path) is { Kind: FileKind.Regular, Length: <= LongestText };
            return isText ? Of(ByteFile.ReadAllBytes(path)) : default;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            return default;
        }
    }

    /// <summary>Reads the text of a status file: a job, or several by their ids.</summary>
    public static FailureText Of(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
                return default;
            var isJob = root.TryGetProperty(RunKeys[0], out var id) && id.ValueKind is JsonValueKind.String;
            var jobs = isJob ? [root] : root.EnumerateObject().Select(member => member.Value).Where(IsObject).ToList();
            var counts = jobs.Select(job => job.TryGetProperty(CountKey, out var count) && count.TryGetInt32(out var known) ? known : 0);
            return new FailureText(counts.Append(0).Max(), string.Join('\n', jobs.SelectMany(RunOf)));
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static bool IsObject(JsonElement value) => value.ValueKind is JsonValueKind.Object;

    private static IEnumerable<string> RunOf(JsonElement job) =>
        RunKeys.Select(key => job.TryGetProperty(key, out var value) ? value.GetRawText() : "");
}
