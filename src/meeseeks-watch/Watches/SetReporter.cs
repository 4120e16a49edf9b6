using System.Globalization;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Logs the filesets that wait, and the files that come after their sets have run: each once.</summary>
/// <param name="log">The log of the watch.</param>
internal sealed class SetReporter(ILogger log)
{
    // More at once are one line.
    private const int MostLines = 10;

    private HashSet<string> _waiting = new(StringComparer.Ordinal);
    private HashSet<string> _overdue = new(StringComparer.Ordinal);

    /// <summary>The number of sets that wait for files.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>Logs what is new in a plan.</summary>
    /// <param name="settings">The watch. A set is named when it has waited for <see cref="WatchSettings.Rescan"/>.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    public void Report(WatchSettings settings, Plan plan, long now)
    {
        WaitingCount = plan.Waiting.Count;
        var overdue = plan.Waiting.Where(set => set.IsOverdue).ToList();
        foreach (var set in NewOf(overdue, ref _overdue, "sets are not complete in time"))
        {
            log.Warning(
                "set {Set} is not complete after {Timeout} s: nothing matches {Patterns}; it waits on",
                set.Key,
                settings.SetTimeout?.TotalSeconds,
                settings.PatternsOf(set.Missing));
        }

        var waiting = plan.Waiting.Where(set => !set.IsOverdue && (set.Since + settings.Rescan.Ticks <= now || _waiting.Contains(set.Key)));
        foreach (var set in NewOf(waiting.ToList(), ref _waiting, "sets are not complete"))
            log.Information("set {Set} is not complete: nothing matches {Patterns}", set.Key, settings.PatternsOf(set.Missing));

        foreach (var file in plan.Late.Take(MostLines))
            log.Information("{File} is not processed: {Reason}", file.FileName, file.Reason);
        if (plan.Late.Count > MostLines)
            log.Information("more files that come after their sets have run: {Count}; dry_run=1 names them", plan.Late.Count - MostLines);
    }

    private List<WaitingSet> NewOf(List<WaitingSet> sets, ref HashSet<string> known, string what)
    {
        var before = known;
        known = sets.Select(set => set.Key).ToHashSet(StringComparer.Ordinal);
        var added = sets.Where(set => !before.Contains(set.Key)).ToList();
        if (added.Count <= MostLines)
            return added;
        var count = added.Count.ToString(CultureInfo.InvariantCulture);
        log.Information("{Count} more {What}, such as {Set}; dry_run=1 names what is missing", count, what, added[0].Key);
        return [];
    }
}
