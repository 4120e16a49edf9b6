using System.Text.RegularExpressions;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Finds what a watch with files does at present, in one pass over its files and results.</summary>
/// <param name="settings">The watch.</param>
/// <param name="folder">Its folder.</param>
/// <param name="jobs">Its jobs.</param>
/// <param name="writer">Writes its results.</param>
/// <param name="moves">Moves its files.</param>
/// <param name="arrivals">Its new files.</param>
/// <param name="locks">Its locks.</param>
/// <param name="faults">The faults that hold it up.</param>
/// <param name="time">The source of the time.</param>
internal sealed partial class FileWatchInspector(
    WatchSettings settings,
    WatchedFolder folder,
    FileJobs jobs,
    StatusWriter writer,
    MoveRunner moves,
    ArrivalReporter arrivals,
    FolderLocks locks,
    IoFaultReporter faults,
    TimeProvider time)
{
    private const int MostGroups = 20;
    private const string OtherReasons = "other reasons";

    /// <summary>The status.</summary>
    public WatchStatus Status()
    {
        var plan = folder.Id is null ? new Plan() : folder.Explain(jobs.Submitted, FileTime.Of(time.GetUtcNow()), jobs.Limit);
        var results = folder.Status.Results();
        return new WatchStatus
        {
            Name = settings.Name,
            Path = settings.Path,
            State = locks.IsWaiting ? WatchStatus.IsSecond
                : !Directory.Exists(settings.Path) ? "no folder"
                : faults.HasAny ? "held up"
                : WatchStatus.IsRunning,
            Faults = [.. faults.Present, .. writer.Faults, .. jobs.Faults, .. moves.Faults],
            Files = folder.Count,
            Waiting = Groups(plan),
            Running = jobs.Count,
            Done = results[StatusState.Done],
            Failed = results[StatusState.Failed],
            Killed = results[StatusState.Killed],
            LastFile = arrivals.LastFile,
            LastTs = Seconds(arrivals.LastAt),
            NextLookTs = Seconds(After(folder.UntilScan)),
            NextDueTs = Seconds(NextDue(plan)),
            IsLate = settings.Late is null ? null : arrivals.IsLate,
            LateTs = Seconds(After(arrivals.UntilLate)),
        };
    }

    private DateTimeOffset? NextDue(Plan plan)
    {
        DateTimeOffset?[] times =
        [
            plan.NextDue is { } due ? DateTimeOffset.UnixEpoch.AddTicks(due) : null,
            After(folder.UntilQuiet),
            After(jobs.UntilReady),
        ];
        return times.Min();
    }

    private DateTimeOffset? After(TimeSpan? pause) => pause is { } span ? time.GetUtcNow() + span : null;

    private static double? Seconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1000.0;

    private List<WaitingFiles> Groups(Plan plan)
    {
        var submitted = jobs.Submitted;
        var groups = new Dictionary<string, WaitingFiles>(StringComparer.Ordinal);
        foreach (var decision in plan.Explanations ?? [])
        {
            if (ReasonOf(decision, submitted) is not { } reason)
                continue;
            reason = Names().Replace(reason, "");
            groups[reason] = groups.TryGetValue(reason, out var group)
                ? group with { Count = group.Count + 1 }
                : new WaitingFiles(reason, 1, decision.FileName);
        }

        var all = groups.Values.OrderByDescending(group => group.Count).ToList();
        if (all.Count <= MostGroups)
            return all;
        var rest = all[MostGroups..];
        return [.. all[..MostGroups], new WaitingFiles(OtherReasons, rest.Sum(group => group.Count), rest[0].Example)];
    }

    // Null for a file that does not wait.
    private string? ReasonOf(FileExplanation decision, IReadOnlySet<WorkKey> submitted)
    {
        if (decision.IsOver)
            return null;
        if (decision.Index is not { } index)
            return decision.Reason;
        var key = new WorkKey(index, decision.FileName);
        if (submitted.Contains(key))
            return null;
        if (!decision.IsDue)
            return decision.Reason;
        return jobs.IsSetAside(key) ? "its job cannot be submitted, as the log says; tried again at the next look"
            : faults.HasAny ? "the watch is held up"
            : "its job starts at once, or after the pause since its last run (refresh)";
    }

    // The names of other files in a reason, and places in lists, which differ for each file.
    [GeneratedRegex(" '[^']*'|(?<=in the list), [0-9]+,")]
    private static partial Regex Names();
}
