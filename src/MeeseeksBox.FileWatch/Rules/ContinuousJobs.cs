using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Decides which standing jobs of a watch are due (docs/SPECIFICATION.md#jobs-without-files).</summary>
public static class ContinuousJobs
{
    /// <summary>The jobs that are due now, and the time at which the next one is.</summary>
    /// <remarks>
    /// A job that has ended is due again, but not within <see cref="WatchSettings.Refresh"/> of its last start. With <c>count</c>, all
    /// jobs of a round start together, and the next round when all have ended.
    /// </remarks>
    /// <param name="settings">The watch.</param>
    /// <param name="lastStarts">The last start of each job, in units of 100 ns of any clock.</param>
    /// <param name="inFlight">The jobs that run.</param>
    /// <param name="now">The time, of the same clock.</param>
    public static Plan Of(
        WatchSettings settings,
        IReadOnlyDictionary<(int Index, int List), long> lastStarts,
        IReadOnlySet<(int Index, int List)> inFlight,
        long now)
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

    /// <summary>All standing jobs of a watch.</summary>
    public static IEnumerable<WorkItem> All(WatchSettings settings) =>
        from step in settings.Jobs.Index()
        from entry in step.Item.Templates.Index()
        where entry.Item is not null
        select new WorkItem { Template = entry.Item, Index = step.Index, List = entry.Index };
}
