using System.Text;
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
    [
        .. clients.SelectMany(promises => promises.Refusals.Concat(Broken(promises))),
        .. Unended(),
        .. WrongHistory(),
        .. LostRuns(),
        .. Untrue(),
    ];

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

    private IEnumerable<string> LostRuns()
    {
        foreach (var job in history.Where(job => ErrorOf(job) is "crashed" or "shutdown"))
            yield return $"a run was lost: {job}";

        if (RunsAgain() is > 0 and var count)
            yield return $"{count} runs were started twice";
    }

    // Each job prints the status with which it ends.
    private IEnumerable<string> Untrue() =>
        from job in history
        let printed = Printed(job)
        let isOwnEnd = job.GetProperty("state").GetString() is "done" or "failed" && ErrorOf(job) is null
        where isOwnEnd && printed != $"begin {job.GetProperty("id")}\nend {job.GetProperty("rc")}\n"
        select $"an end has another status or output than the job: {job} printed '{printed}'";

    private static string Printed(JsonElement job) => job.TryGetProperty("stdout_data", out var data) && data.GetString() is { } text
        ? Encoding.UTF8.GetString(Convert.FromBase64String(text))
        : "";

    private static string? ErrorOf(JsonElement job) => job.TryGetProperty("error", out var error) ? error.GetString() : null;

    private static string Key(JsonElement job) =>
        string.Join(' ', new[] { "id", "state", "start_count", "fail_count", "end_ts" }.Select(key => job.GetProperty(key).ToString()));
}
