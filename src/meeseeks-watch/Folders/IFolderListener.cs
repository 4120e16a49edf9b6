namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Is told of changes in a folder, from another thread, and must not take long.</summary>
internal interface IFolderListener
{
    /// <summary>The folder.</summary>
    string Path { get; }

    /// <summary>Whether each write to a file is to be told, and not only the making and closing of files.</summary>
    bool NeedsWrites { get; }

    /// <summary>Whether folders that come and go are to be told, too.</summary>
    bool NeedsFolders { get; }

    /// <summary>Takes news.</summary>
    /// <param name="change">What happened.</param>
    /// <param name="name">To which file; empty for the whole folder.</param>
    void Report(FolderChange change, string name);
}
