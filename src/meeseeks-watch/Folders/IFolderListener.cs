namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Receives the changes of a folder.</summary>
/// <remarks>Calls come from the inotify thread and must be short.</remarks>
internal interface IFolderListener
{
    /// <summary>The folder to watch.</summary>
    string Path { get; }

    /// <summary>Whether changes of the files are reported, not only those of their names.</summary>
    bool NeedsFiles { get; }

    /// <summary>Whether each write is reported, not only the creation and closing of files.</summary>
    bool NeedsWrites { get; }

    /// <summary>Whether folders that appear and disappear are reported.</summary>
    bool NeedsFolders { get; }

    /// <summary>Receives a change.</summary>
    /// <param name="change">The kind of the change.</param>
    /// <param name="name">The file or folder; empty for the whole folder.</param>
    void Report(FolderChange change, string name);
}
