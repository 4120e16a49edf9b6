namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The kinds of inotify events.</summary>
internal enum FolderChange
{
    /// <summary>A file was created or written, and is not closed yet.</summary>
    Writing,

    /// <summary>A file was closed, moved, deleted, or its attributes changed; or a folder changed.</summary>
    Changed,

    /// <summary>Events were lost, or the folder itself is gone: it must be read again.</summary>
    Lost,
}
