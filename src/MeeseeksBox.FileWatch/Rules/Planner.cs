using System.Globalization;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>
/// Decides what is due for the files of a watch (docs/SPECIFICATION.md#job-steps). The same folder, status files and jobs in flight give
/// the same plan, whoever asks and how often.
/// </summary>
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

    /// <summary>Makes the plan.</summary>
    /// <param name="settings">The watch, which has globs.</param>
    /// <param name="folder">What is in its folder.</param>
    /// <param name="inFlight">What has been submitted and is not recorded yet.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="isExplained">Whether each decision is to be told.</param>
    public static Plan Of(WatchSettings settings, FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight, long now, bool isExplained = false)
    {
        var plan = new Plan { Explanations = isExplained ? [] : null };
        if (settings.Jobs.Count == 0)
            return plan;
        var planning = new Planner(settings, folder, inFlight, now, plan);
        foreach (var group in new FileLists(settings, now, plan).Of(folder))
        {
            var before = plan.Due.Count + plan.Marks.Count + plan.Notes.Count;
            var isConsumed = planning.IsConsumed(group);
            var isFinished = isConsumed && group.Position >= settings.Jobs.Count - 1 && plan.Due.Count + plan.Marks.Count + plan.Notes.Count == before;
            if (isFinished && group.Positions is { } positions)
                plan.Finished.AddRange(positions.Select((position, member) => (position, planning.ListOf(group, member))));
        }

        return plan;
    }

    // Whether nothing is left to be done where the file or set stands.
    private bool IsConsumed(FileGroup group)
    {
        if (_settings.MaxIndex is { } most && group.Position > most)
        {
            _plan.Explanations?.Add(new(group.Files[0].Name, null, string.Create(CultureInfo.InvariantCulture, $"its place in the list, {group.Position}, is above max_index, {most}")));
            return false;
        }

        // The last step is for all places that have none of their own.
        var target = Math.Min(group.Position, _settings.Jobs.Count - 1);
        for (var index = _settings.RunsAll ? 0 : target; index <= target; index++)
        {
            if (!IsConsumed(group, index))
                return false;
        }

        return _settings.RunsAll || target == 0 || !_settings.IsUpdated || IsConsumed(group, 0, onlyUpdates: true);
    }

    // Whether nothing of the step is left to be done, so that the next one may follow.
    private bool IsConsumed(FileGroup group, int index, bool onlyUpdates = false)
    {
        var step = _settings.Jobs[index];
        var isConsumed = true;

        // A list of jobspecs has one for each file of a set; a jobspec alone is for the set, and stands with its first file.
        var count = step.IsList ? group.Files.Count : 1;
        for (var member = 0; member < count; member++)
        {
            isConsumed &= IsConsumed(group, index, member, ListOf(group, member), step, onlyUpdates);
        }

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
            _plan.Explanations?.Add(new(name, index, status.Result is { } result ? $"its job is {result.ToString().ToLowerInvariant()}" : "it has not changed"));
            return true;
        }

        // A new version is tried at once; a failure is not tried again before some time has passed.
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

        // A time that lies ahead by more than the pause is of another clock, and says nothing.
        if (_now >= due || status.FailedAt > _now + _settings.Refresh.Ticks)
            return true;
        _plan.ScheduleAt(due);
        return false;
    }

    // A jobspec for a whole set is for its newest file, too.
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
