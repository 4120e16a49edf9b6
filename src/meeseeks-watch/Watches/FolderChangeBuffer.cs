using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The changes of a folder since they were last taken.</summary>
/// <param name="path">The folder.</param>
/// <param name="needsWrites">Whether each write to a file matters.</param>
/// <param name="needsFolders">Whether folders in it matter.</param>
/// <param name="openFiles">Receives the files that are being written; null for a folder without watched files.</param>
/// <param name="isConcern">Whether a name concerns the watch.</param>
/// <param name="isWatched">Whether a name is that of a file of the watch.</param>
/// <param name="wake">Wakes the watch.</param>
internal sealed class FolderChangeBuffer(
    string path,
    bool needsWrites,
    bool needsFolders,
    OpenFileTracker? openFiles,
    Func<string, bool> isConcern,
    Func<string, bool> isWatched,
    Action wake) : IFolderListener
{
    // Updates of more single names cost more than a read of the folder.
    private const int Least = 2000;
    private const int Share = 4;

    private readonly Lock _lock = new();
    private HashSet<string> _names = [];
    private HashSet<string> _removed = [];
    private HashSet<string> _written = [];
    private HashSet<string> _folders = [];
    private bool _isLost;
    private bool _hasOverflown;

    private int _most = Least;

    /// <summary>Sets the number of files in the folder. A read of a large one costs more than updates of many names.</summary>
    public void SetCount(int count) => Volatile.Write(ref _most, Math.Max(Least, count / Share));

    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public bool NeedsWrites => needsWrites;

    /// <inheritdoc/>
    public bool NeedsFolders => needsFolders;

    /// <inheritdoc/>
    public void Report(FolderChange change, string name)
    {
        // Where links lead to files by way of this one, all may have changed, as at a swap of a mounted ConfigMap.
        if (needsWrites && RelativePath.IsHidden(name)
            && FileKind.FactsOf(System.IO.Path.Join(path, name), isFollowed: false)?.Kind is FileKind.Link)
        {
            change = FolderChange.Lost;
        }

        if (change is FolderChange.Lost or FolderChange.Overflow)
        {
            openFiles?.ForgetCompleted();
            lock (_lock)
                (_isLost, _hasOverflown) = (true, _hasOverflown || change is FolderChange.Overflow);
            wake();
            return;
        }

        if (change is FolderChange.Folder && !RelativePath.IsHidden(name))
        {
            lock (_lock)
                (_, _isLost) = (_folders.Add(name), _isLost || _folders.Count > Least);
        }

        // A file may be written under a name that does not concern the watch, and be linked to one that does.
        var completed = openFiles?.Take(change, name, isWatched(name)) ?? [];
        if (completed.Count is 0 && !isConcern(name))
            return;
        lock (_lock)
            Add(change, name, completed);
        wake();
    }

    /// <summary>Takes the changes since the last call.</summary>
    public FolderChanges Take()
    {
        lock (_lock)
        {
            var changes = new FolderChanges(_isLost ? null : _names, _folders, _removed, _written, _hasOverflown);
            (_names, _folders, _removed, _written, _isLost, _hasOverflown) = ([], [], [], [], false, false);
            return changes;
        }
    }

    private void Add(FolderChange change, string name, IEnumerable<string> completed)
    {
        _isLost |= _names.Count >= Volatile.Read(ref _most);
        _ = _names.Add(name);
        _names.UnionWith(completed);
        if (RelativePath.IsHidden(name))
            return;
        if (change is FolderChange.Removed)
            _ = _removed.Add(name);
        else if (change is FolderChange.Closed or FolderChange.MovedIn && _written.Count < Volatile.Read(ref _most))
            _ = _written.Add(name);
    }
}
