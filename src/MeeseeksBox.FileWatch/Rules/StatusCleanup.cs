using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Finds the status files of removed files (docs/SPECIFICATION.md#status-cleanup).</summary>
public static class StatusCleanup
{
    /// <summary>The status files that may be removed once they are old enough.</summary>
    /// <remarks>The status files of a fileset stay while a file of it is there: another file would make it run again.</remarks>
    /// <param name="settings">The watch.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="inFlight">The work that is submitted and not recorded yet.</param>
    public static IEnumerable<(WorkKey Key, StatusState State)> Orphans(
        WatchSettings settings, FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight)
    {
        if (settings.Cleanup == TimeSpan.Zero)
            return [];
        var names = new StatusName(settings.Name);
        var files = folder.Files;

        // In a large folder with a result of each file, this is much cheaper than a search for each result.
        if (files.Sum(file => ResultsOf(settings, folder.Status, file.Name)) == folder.Status.All.Count)
            return [];
        var sets = settings.HasSets
            ? files.Select(file => file.Name).Where(file => FileFilter.ListOf(settings, file) >= 0)
                .Select(settings.SetKeyOf).OfType<string>().ToHashSet(StringComparer.Ordinal)
            : [];
        return
            from status in folder.Status.All
            where sets.Count == 0 || settings.SetKeyOf(status.Key.FileName) is not { } set || !sets.Contains(set)
            where !files.Contains(status.Key.FileName) && !inFlight.Contains(status.Key) && !status.Value.Has(StatusState.Moving)
            from state in Enum.GetValues<StatusState>()
            where status.Value.Has(state) && !names.PossibleFiles(names.Of(status.Key, state)).Any(files.Contains)
            select (status.Key, state);
    }

    private static int ResultsOf(WatchSettings settings, StatusTable status, string file)
    {
        var count = 0;
        for (var index = 0; index < settings.Jobs.Count; index++)
            count += status[new WorkKey(index, file)].States == 0 ? 0 : 1;
        return count;
    }
}
