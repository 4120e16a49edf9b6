namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The result of a rename.</summary>
internal enum RenameResult
{
    /// <summary>The file has its new name.</summary>
    Done,

    /// <summary>The file has both names, because its file system has no safe rename. The former one is to be removed.</summary>
    Linked,

    /// <summary>Another file has the name.</summary>
    NameIsTaken,

    /// <summary>The target is on another file system: the file must be copied.</summary>
    OtherFileSystem,

    /// <summary>The file does not exist any more.</summary>
    Gone,
}
