using System.Text.Json;

namespace MeeseeksBox.Crash;

/// <summary>Compares the acknowledged requests with their results.</summary>
/// <param name="jobs">The jobs of the last instance of the box.</param>
/// <param name="history">The lines of the history.</param>
/// <param name="runs">The id of the job of each run, as the jobs themselves have recorded it.</param>
internal sealed class CrashChecker(Dictionary<string, JsonElement> jobs, IReadOnlyList<JsonElement> history, IReadOnlyList<string> runs)
{
    /// <summary>All faults.</summary>
    public IEnumerable<string> Faults(IReadOnlyList<Promises> clients) =>
        [.. clients.SelectMany(promises => promises.Refusals.Concat(Broken(promises))), .. Unended(), .. WrongHistory()];

    /// <summary>The number of runs beyond the start counts of the jobs.</summary>
    public int RunsAgain()
    {
        var begun = runs.CountBy(id => id).ToDictionary();
        return jobs.Sum(job => Math.Max(0, begun.GetValueOrDefault(job.Key) - job.Value.GetProperty("start_count").GetInt32()));
    }

    private IEnumerable<string> Broken(Promises promises)
    {
        foreach (var id in promises.Taken)
        {
            if (!jobs.TryGetValue(id, out var job))
                yield return $"the acknowledged submit of {id} is lost";
            else if (promises.Killed.Contains(id) && !job.GetProperty("state").ValueEquals("killed"))
                yield return $"the acknowledged kill of {id} is lost: {job}";
            else if (!promises.Allows(id, TagOf(job)))
                yield return $"an acknowledged change of {id} is lost: {job}";
        }
    }

    private static string? TagOf(JsonElement job) =>
        job.GetProperty("tags").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } tag ? tag.GetString() : null;

    private IEnumerable<string> Unended() =>
        from job in jobs.Values
        where job.GetProperty("state").GetString() is not ("done" or "failed" or "killed") || job.GetProperty("active").GetBoolean()
        select $"a job has not ended: {job}";

    // Each failure is an end in the history, and so is the final done or killed.
    private IEnumerable<string> WrongHistory()
    {
        foreach (var twice in history.CountBy(Key).Where(count => count.Value > 1))
            yield return $"an end is in the history {twice.Value} times: {twice.Key}";

        var endings = history.CountBy(job => job.GetProperty("id").GetString()!).ToDictionary();
        foreach (var (id, job) in jobs)
        {
            var expected = job.GetProperty("fail_count").GetInt32() + (job.GetProperty("state").ValueEquals("failed") ? 0 : 1);
            if (endings.GetValueOrDefault(id) != expected)
                yield return $"the history has {endings.GetValueOrDefault(id)} ends of a job that has ended {expected} times: {job}";
        }
    }

    private static string Key(JsonElement job) =>
        string.Join(' ', new[] { "id", "state", "start_count", "fail_count", "end_ts" }.Select(key => job.GetProperty(key).ToString()));
}
