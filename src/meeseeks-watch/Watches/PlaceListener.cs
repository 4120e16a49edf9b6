using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Reports that another folder may stand at a path: a name in a folder above has changed.</summary>
/// <param name="folder">The folder above.</param>
/// <param name="names">The names in it that matter.</param>
/// <param name="report">Called at a change.</param>
internal sealed class PlaceListener(string folder, IReadOnlySet<string> names, Action report) : IFolderListener
{
    /// <inheritdoc/>
    public string Path => folder;

    /// <inheritdoc/>
    public bool NeedsFiles => false;

    /// <inheritdoc/>
    public bool NeedsWrites => false;

    /// <inheritdoc/>
    public bool NeedsFolders => true;

    /// <inheritdoc/>
    public void Report(FolderChange change, string name)
    {
        if (change is FolderChange.Lost or FolderChange.Overflow || names.Contains(name))
            report();
    }
}
