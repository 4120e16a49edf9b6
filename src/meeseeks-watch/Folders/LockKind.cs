namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A lock that others have on a file.</summary>
internal enum LockKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>One that needs the right to read only.</summary>
    Read,

    /// <summary>One that needs the right to write, as a watcher has it.</summary>
    Write,

    /// <summary>The file system does not tell.</summary>
    Unknown,
}
