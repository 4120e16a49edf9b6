using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The sub-folders of a watch: which one is at each path, and who listens to it.</summary>
/// <param name="path">The watched folder.</param>
/// <param name="listenerOf">Makes the listener of a sub-folder.</param>
/// <param name="subscribe">Subscribes a listener to the folder that is at its path now.</param>
/// <param name="unsubscribe">Ends a subscription.</param>
internal sealed class Subfolders(
    string path, Func<string, IFolderListener> listenerOf, Action<IFolderListener> subscribe, Action<IFolderListener> unsubscribe)
{
    private readonly Dictionary<string, (FileId? Id, IFolderListener Listener)> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _entered = new(StringComparer.Ordinal);

    /// <summary>The sub-folders that were read, by path.</summary>
    public IEnumerable<(string Path, FileId Id)> All =>
        _folders.Where(entry => entry.Value.Id is not null).Select(entry => (entry.Key, entry.Value.Id!.Value));

    /// <summary>The folder at a path; null when it was not read.</summary>
    public FileId? IdOf(string folder) => _folders.TryGetValue(folder, out var known) ? known.Id : null;

    /// <summary>Listens to a folder, and notes which one it is, before it is read.</summary>
    /// <returns>True when the folder that was there before is not there any more.</returns>
    public bool Enter(string folder)
    {
        _ = _folders.TryGetValue(folder, out var known);
        var listener = known.Listener ?? listenerOf(folder);

        // When another folder comes after that, an event says so.
        subscribe(listener);
        var id = HeldFolder.IdOf(Path.Join(path, folder));
        _folders[folder] = (id, listener);
        _ = _entered.Add(folder);
        return known.Id is not null && known.Id != id;
    }

    /// <summary>Forgets the folders within some places that were not entered since the last call, or were not there.</summary>
    public void Keep(IReadOnlyCollection<string> places)
    {
        foreach (var (folder, (id, listener)) in _folders.ToList())
        {
            if ((_entered.Contains(folder) && id is not null) || !places.Any(place => RelativePath.IsWithin(folder, place)))
                continue;
            unsubscribe(listener);
            _ = _folders.Remove(folder);
        }

        _entered.Clear();
    }

    /// <summary>Forgets all folders.</summary>
    public void Clear()
    {
        _entered.Clear();
        Keep([string.Empty]);
    }
}
