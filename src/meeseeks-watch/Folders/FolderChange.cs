namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The kinds of inotify events.</summary>
internal enum FolderChange
{
    /// <summary>A name was made: of a file that is open for writing, or of a link to one that is complete.</summary>
    Created,

    /// <summary>A file was written, and is not closed yet.</summary>
    Written,

    /// <summary>A file was closed after it was open for writing.</summary>
    Closed,

    /// <summary>A file was moved into the folder.</summary>
    MovedIn,

    /// <summary>A file was deleted, or moved out of the folder.</summary>
    Removed,

    /// <summary>Attributes of a file changed, which says nothing about its content.</summary>
    Touched,

    /// <summary>A folder in the folder was made, moved, deleted or changed.</summary>
    Folder,

    /// <summary>The folder itself is gone, or another one is in its place: it must be read again.</summary>
    Lost,

    /// <summary>Events were lost, because too many came at once: the folder must be read again.</summary>
    Overflow,
}
