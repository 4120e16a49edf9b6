using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Reports the changes of a sub-folder as changes of the watched folder.</summary>
/// <param name="folder">The sub-folder, relative to the watched one.</param>
/// <param name="watched">Receives the changes of the watched folder.</param>
internal sealed class SubfolderListener(string folder, FolderChangeBuffer watched) : IFolderListener
{
    /// <inheritdoc/>
    public string Path => System.IO.Path.Join(watched.Path, folder);

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public bool NeedsWrites => watched.NeedsWrites;

    /// <inheritdoc/>
    public bool NeedsFolders => true;

    /// <inheritdoc/>
    public void Report(FolderChange change, string name)
    {
        // When the sub-folder itself is gone or moved, it alone must be read again.
        if (change is FolderChange.Lost)
            watched.Report(FolderChange.Folder, folder);
        else if (change is FolderChange.Overflow)
            watched.Report(change, name);
        else
            watched.Report(change, RelativePath.Join(folder, name));
    }
}
