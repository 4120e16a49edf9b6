using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Decides what is due for a watch without globs: its jobs are kept running (docs/SPECIFICATION.md#jobs-without-files).</summary>
public static class ContinuousJobs
{
    /// <summary>Makes the plan. A job that has ended is started again at once, unless it was started less than <see cref="WatchSettings.Refresh"/> ago.</summary>
    /// <remarks>With <c>count</c>, jobs run in rounds: all are started together, and again when all have ended.</remarks>
    /// <param name="settings">The watch.</param>
    /// <param name="lastStarts">When each job was started last, by its place; units of 100 ns since some moment.</param>
    /// <param name="inFlight">The places of those that run.</param>
    /// <param name="now">The time, since the same moment.</param>
    public static Plan Of(WatchSettings settings, IReadOnlyDictionary<(int Index, int List), long> lastStarts, IReadOnlySet<(int Index, int List)> inFlight, long now)
    {
        var plan = new Plan();
        if (settings.Count is not null)
        {
            var begin = lastStarts.Count == 0 ? now : lastStarts.Values.Max() + settings.Refresh.Ticks;
            if (inFlight.Count == 0 && begin <= now)
                plan.Due.AddRange(All(settings));
            else if (inFlight.Count == 0)
                plan.ScheduleAt(begin);
            return plan;
        }

        foreach (var work in All(settings))
        {
            var place = (work.Index, work.List);
            if (inFlight.Contains(place))
                continue;
            var due = lastStarts.TryGetValue(place, out var last) ? last + settings.Refresh.Ticks : now;
            if (due <= now)
                plan.Due.Add(work);
            else
                plan.ScheduleAt(due);
        }

        return plan;
    }

    /// <summary>All jobs that are to be kept running.</summary>
    public static IEnumerable<WorkItem> All(WatchSettings settings) =>
        from step in settings.Jobs.Index()
        from entry in step.Item.Templates.Index()
        where entry.Item is not null
        select new WorkItem { Template = entry.Item, Index = step.Index, List = entry.Index };
}
