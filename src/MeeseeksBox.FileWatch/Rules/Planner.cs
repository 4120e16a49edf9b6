using System.Globalization;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.FileWatch.Templates;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Decides which jobs are due for the files of a watch (docs/SPECIFICATION.md#job-steps).</summary>
/// <remarks>A pure function: the same folder, status files and jobs in flight give the same plan.</remarks>
public sealed class Planner
{
    private readonly WatchSettings _settings;
    private readonly FolderSnapshot _folder;
    private readonly IReadOnlySet<WorkKey> _inFlight;
    private readonly SetRuns _runs;
    private readonly long _now;
    private readonly Plan _plan;
    private readonly JobLimit _limit;

    private Planner(
        WatchSettings settings, FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight, long now, Plan plan, JobLimit limit)
    {
        (_settings, _folder, _inFlight, _now, _plan, _limit) = (settings, folder, inFlight, now, plan, limit);
        _runs = new SetRuns(settings, folder.Status, inFlight);
    }

    /// <summary>The plan for a watch with globs.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="inFlight">The work that is submitted and not recorded yet.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="isExplained">Whether the plan explains each decision.</param>
    /// <param name="withFinished">Whether it also explains why finished files have none.</param>
    /// <param name="limit">Limits the jobs that may be due; null for no limit.</param>
    public static Plan Of(
        WatchSettings settings,
        FolderSnapshot folder,
        IReadOnlySet<WorkKey> inFlight,
        long now,
        bool isExplained = false,
        bool withFinished = true,
        JobLimit? limit = null)
    {
        var plan = new Plan { Explanations = isExplained ? [] : null, ExplainsFinished = isExplained && withFinished };
        if (settings.Jobs.Count == 0)
            return plan;
        limit ??= JobLimit.None;
        limit.Begin();
        var planning = new Planner(settings, folder, inFlight, now, plan, limit);
        var others = new SetOthers(settings, planning._runs, folder.Status, plan);
        foreach (var group in new FileLists(settings, planning._runs, now, plan, planning.IsFull).Of(folder))
        {
            var before = WorkCount(plan);
            var isConsumed = planning.IsConsumed(group);
            var isFinished = isConsumed && group.Position >= settings.Jobs.Count - 1 && WorkCount(plan) == before;
            if (group.SetKey is not null)
                others.Add(group);
            if (isFinished)
                planning.AddMove(group);
            if (isFinished && group.Positions is { } positions)
                plan.Finished.AddRange(positions.Select((position, member) => (position, group.SetKey is null ? group.List : member)));
        }

        return plan;
    }

    // With several steps, a file behind may have another one.
    private bool IsFull(int list)
    {
        if (_settings.Jobs.Count > 1 || !_limit.IsReached(0, list))
            return false;
        _plan.IsLimited = true;
        return true;
    }

    // The result of the last step with a job tells where a file goes. A killed job tells nothing.
    private void AddMove(FileGroup group)
    {
        if (_settings.DoneTo is null && _settings.FailedTo is null)
            return;
        var results = Enumerable.Range(0, _settings.Jobs.Count).Reverse().Select(index => Results(group, index)).FirstOrDefault(Any) ?? [];
        var folder = results.Contains(StatusState.Failed) ? _settings.FailedTo : _settings.DoneTo;
        if (folder is null || results.Length == 0 || results.Contains(null) || results.Contains(StatusState.Killed))
            return;
        // Files that came too often for a set go along. Without it, they would be another set.
        string[] names = [.. group.Files.Select(file => file.Name), .. group.Others ?? []];
        _plan.Moves.Add(new FileMove(names, folder));
        foreach (var name in names)
            _plan.Explanations?.Add(new(name, null, $"it would be moved to {folder}", IsOver: true));

        static bool Any(StatusState?[] results) => results.Length > 0;
    }

    // The results of the files of a group that have a job in a step.
    private StatusState?[] Results(FileGroup group, int index)
    {
        var step = _settings.Jobs[index];
        var members = Enumerable.Range(0, step.IsList ? group.Files.Count : 1).Where(member => step.For(group.ListOf(member)) is not null);
        return [.. members.Select(member => _folder.Status[_runs.ResultOf(group, index, member)].Result)];
    }

    // Whether all steps for the place of the file or set are consumed.
    private bool IsConsumed(FileGroup group)
    {
        foreach (var file in group.Files)
        {
            if (_folder.Status[new WorkKey(0, file.Name)].Has(StatusState.Moving))
                return Explain(file.Name, null, "a file with its name is being moved");
        }

        if (_settings.MaxIndex is { } most && group.Position > most)
        {
            var reason = string.Create(
                CultureInfo.InvariantCulture, $"its place in the list, {group.Position}, is above max_index, {most}");
            _plan.Explanations?.Add(new(group.Files[0].Name, null, reason, IsOver: true));
            return false;
        }

        // The last step applies to all further places.
        var target = Math.Min(group.Position, _settings.Jobs.Count - 1);
        for (var index = _settings.RunsAll ? 0 : target; index <= target; index++)
        {
            if (!IsConsumed(group, index))
                return false;
        }

        return _settings.RunsAll || target == 0 || !_settings.IsUpdated || IsConsumed(group, 0, onlyUpdates: true);
    }

    // Whether the step is consumed, so that the next one may follow.
    private bool IsConsumed(FileGroup group, int index, bool onlyUpdates = false)
    {
        var step = _settings.Jobs[index];
        var isConsumed = true;

        // A list of jobspecs has one for each file of a set. A single jobspec is for the whole set, and its result belongs to the first
        // file.
        var count = step.IsList ? group.Files.Count : 1;
        for (var member = 0; member < count; member++)
            isConsumed &= IsConsumed(group, index, member, step, onlyUpdates);

        return isConsumed;
    }

    private bool IsConsumed(FileGroup group, int index, int member, JobStep step, bool onlyUpdates)
    {
        var name = group.Files[member].Name;
        var key = _runs.ResultOf(group, index, member);
        var status = _folder.Status[key];
        if (_runs.RunningOf(group, index, member) is { } running)
        {
            _limit.Add(running, group.ListOf(member), isDue: false);
            return Explain(name, index, "its job has been submitted and has not ended yet");
        }

        long? mtime = _settings.IsUpdated ? Mtime(group, member, step) : null;
        var isChanged = status.IsChanged(index, mtime);
        if (step.For(group.ListOf(member)) is not { } template)
            return ConsumeEmpty(new WorkKey(index, name), status, step);
        if (!isChanged && (onlyUpdates || IsProcessed(key, status)))
        {
            if (index == 0 && mtime is { } time && status is { Tracked: null, Result: not null })
                _plan.Notes.Add((key, time));
            var reason = key.FileName != name ? _runs.TextOf(group.SetKey!, key)
                : status.Result is { } result ? $"its job is {result.ToString().ToLowerInvariant()}"
                : "it has not changed";
            _plan.Explanations?.Add(new(name, index, reason, IsOver: true));
            return true;
        }

        // A changed file runs at once. A failed job waits for the retry pause.
        if (!isChanged && status.Result is StatusState.Failed && !IsRetryDue(key, status))
            return Explain(name, index, "its job has failed, and is tried again later");

        if (_limit.IsReached(index, group.ListOf(member)))
        {
            _plan.IsLimited = true;
            return Explain(name, index, _limit.Reason);
        }

        _limit.Add(new WorkKey(index, name), group.ListOf(member), isDue: true);
        _plan.Due.Add(new WorkItem
        {
            Template = template,
            Index = index,
            List = group.ListOf(member),
            FileName = name,
            Files = [.. group.Files.Select(file => file.Name)],
            Lists = group.Lists,
            SetKey = group.SetKey,
            Mtime = mtime,
        });
        _plan.Explanations?.Add(new(name, index, Reason(status, isChanged), IsDue: true));
        return false;
    }

    private bool ConsumeEmpty(WorkKey key, FileStatus status, JobStep step)
    {
        if (step.IsList && status.Result is null)
            _plan.Marks.Add(key);
        _plan.Explanations?.Add(new(key.FileName, key.Index, "its jobspec is empty: there is nothing to do", IsOver: true));
        return true;
    }

    private bool IsProcessed(WorkKey key, FileStatus status) => status.Result switch
    {
        StatusState.Done or StatusState.Killed => true,
        StatusState.Failed => _settings.Retry.IsExhaustedAfter(FailuresOf(key, status)),
        _ => false,
    };

    private bool IsRetryDue(WorkKey key, FileStatus status)
    {
        var pause = _settings.Retry.PauseAfter(FailuresOf(key, status)).Ticks;
        if (IsOver(status, pause))
            return true;
        _plan.ScheduleAt(status.FailedAt + pause);
        return false;
    }

    // The number is in the status file, which is not read before the shortest pause is over.
    private int FailuresOf(WorkKey key, FileStatus status) =>
        _settings.Retry.NeedsCount && (status.Failures > 0 || IsOver(status, _settings.Retry.PauseAfter(1).Ticks))
            ? _folder.Status.FailuresOf(key)
            : 1;

    // A failure time in the future, by more than the pause, comes from another clock and is ignored.
    private bool IsOver(FileStatus status, long pause) => _now >= status.FailedAt + pause || status.FailedAt > _now + pause;

    private static int WorkCount(Plan plan) => plan.Due.Count + plan.Marks.Count + plan.Notes.Count;

    // A jobspec for a whole set follows the newest of its files.
    private static long Mtime(FileGroup group, int member, JobStep step) =>
        step.IsList ? group.Files[member].Mtime : group.Files.Max(file => file.Mtime);

    private static string Reason(FileStatus status, bool isChanged) =>
        isChanged ? "it has changed since its last run"
        : status.Result is StatusState.Failed ? "its job has failed, and is tried again"
        : "it has not been processed";

    private bool Explain(string file, int? index, string reason)
    {
        _plan.Explanations?.Add(new(file, index, reason));
        return false;
    }
}
