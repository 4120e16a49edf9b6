namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The result of a rename.</summary>
internal enum RenameResult
{
    /// <summary>The file has its new name.</summary>
    Done,

    /// <summary>Another file has the name.</summary>
    NameIsTaken,

    /// <summary>The target is on another file system: the file must be copied.</summary>
    OtherFileSystem,
}
