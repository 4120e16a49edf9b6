using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The files of a watch that were removed since their last run, and may come back.</summary>
/// <remarks>A file that is there again is another one. The results of the former one do not count for it.</remarks>
/// <param name="log">The log of the watch.</param>
internal sealed class RemovedFiles(ILogger log)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Adds files that were removed, also those that are there again.</summary>
    public void Add(IEnumerable<string> names) => _names.UnionWith(names);

    /// <summary>Forgets the files of a folder whose place another one has taken.</summary>
    /// <param name="folder">The folder, relative to the watched one, which is empty.</param>
    public void ForgetWithin(string folder = "") => _ = _names.RemoveWhere(name => RelativePath.IsWithin(name, folder));

    /// <summary>Forgets the files that the watch does not know: they have no results, and no job.</summary>
    public void ForgetUnknown(WatchSettings settings, WatchedFolder folder, IReadOnlySet<WorkKey> submitted) => _ = _names.RemoveWhere(
        name => !settings.WorkOf(name).Any(key => folder.Status[key].States is not 0 || submitted.Contains(key)));

    /// <summary>Removes the former results of the files that are there again.</summary>
    public void ForgetReturned(WatchSettings settings, WatchedFolder folder, StatusWriter status)
    {
        foreach (var name in _names.Where(folder.Has).ToList())
        {
            _ = _names.Remove(name);
            if (settings.Cleanup == TimeSpan.Zero
                || FileKind.FactsOf(Path.Join(settings.Path, name), isFollowed: false) is not { } facts
                || !status.TryForget(name, facts.ChangeTime))
                continue;
            folder.ClearFinished(name);
            log.Information("{File} was removed and is there again: it is processed as a new file", name);
        }
    }
}
