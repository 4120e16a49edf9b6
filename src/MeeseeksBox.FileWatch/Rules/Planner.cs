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
    private readonly long _now;
    private readonly Plan _plan;

    private Planner(WatchSettings settings, FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight, long now, Plan plan)
    {
        (_settings, _folder, _inFlight, _now, _plan) = (settings, folder, inFlight, now, plan);
    }

    /// <summary>The plan for a watch with globs.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="inFlight">The work that is submitted and not recorded yet.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="isExplained">Whether the plan explains each decision.</param>
    public static Plan Of(WatchSettings settings, FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight, long now, bool isExplained = false)
    {
        var plan = new Plan { Explanations = isExplained ? [] : null };
        if (settings.Jobs.Count == 0)
            return plan;
        var planning = new Planner(settings, folder, inFlight, now, plan);
        foreach (var group in new FileLists(settings, now, plan).Of(folder))
        {
            var before = WorkCount(plan);
            var isConsumed = planning.IsConsumed(group);
            var isFinished = isConsumed && group.Position >= settings.Jobs.Count - 1 && WorkCount(plan) == before;
            if (isFinished && group.Positions is { } positions)
                plan.Finished.AddRange(positions.Select((position, member) => (position, planning.ListOf(group, member))));
        }

        return plan;
    }

    // Whether all steps for the place of the file or set are consumed.
    private bool IsConsumed(FileGroup group)
    {
        if (_settings.MaxIndex is { } most && group.Position > most)
        {
            var reason = string.Create(
                CultureInfo.InvariantCulture, $"its place in the list, {group.Position}, is above max_index, {most}");
            _plan.Explanations?.Add(new(group.Files[0].Name, null, reason));
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
            isConsumed &= IsConsumed(group, index, member, ListOf(group, member), step, onlyUpdates);

        return isConsumed;
    }

    private int ListOf(FileGroup group, int member) => _settings.Fileset > 0 ? member : group.List;

    private bool IsConsumed(FileGroup group, int index, int member, int list, JobStep step, bool onlyUpdates)
    {
        var name = group.Files[member].Name;
        var key = new WorkKey(index, name);
        var status = _folder.Status[key];
        if (_inFlight.Contains(key))
            return Explain(name, index, "its job has been submitted and has not ended yet");

        var mtime = Mtime(group, member, step);
        var isChanged = index == 0 && _settings.IsUpdated && status.Tracked is { } tracked && tracked != mtime;
        if (step.For(list) is not { } template)
            return ConsumeEmpty(key, status, step);
        if (!isChanged && (onlyUpdates || IsProcessed(status)))
        {
            if (index == 0 && _settings.IsUpdated && status is { Tracked: null, Result: not null })
                _plan.Notes.Add((key, mtime));
            var reason = status.Result is { } result ? $"its job is {result.ToString().ToLowerInvariant()}" : "it has not changed";
            _plan.Explanations?.Add(new(name, index, reason));
            return true;
        }

        // A changed file runs at once. A failed job waits for the retry pause.
        if (!isChanged && status.Result is StatusState.Failed && !IsRetryDue(status))
            return Explain(name, index, "its job has failed, and is tried again later");

        _plan.Due.Add(new WorkItem
        {
            Template = template,
            Index = index,
            List = list,
            FileName = name,
            Files = [.. group.Files.Select(file => file.Name)],
            Mtime = _settings.IsUpdated ? mtime : null,
        });
        _plan.Explanations?.Add(new(name, index, Reason(status, isChanged), IsDue: true));
        return false;
    }

    private bool ConsumeEmpty(WorkKey key, FileStatus status, JobStep step)
    {
        if (step.IsList && status.Result is null)
            _plan.Marks.Add(key);
        Explain(key.FileName, key.Index, "its jobspec is empty: there is nothing to do");
        return true;
    }

    private bool IsProcessed(FileStatus status) => status.Result switch
    {
        StatusState.Done or StatusState.Killed => true,
        StatusState.Failed => !_settings.IsRetried,
        _ => false,
    };

    private bool IsRetryDue(FileStatus status)
    {
        var due = status.FailedAt + _settings.Refresh.Ticks;

        // A failure time in the future, by more than the pause, comes from another clock and is ignored.
        if (_now >= due || status.FailedAt > _now + _settings.Refresh.Ticks)
            return true;
        _plan.ScheduleAt(due);
        return false;
    }

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
