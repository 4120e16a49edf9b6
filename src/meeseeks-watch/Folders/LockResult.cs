namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The result of an attempt to lock a folder.</summary>
internal enum LockResult
{
    /// <summary>The lock is held.</summary>
    Held,

    /// <summary>Another watcher holds it.</summary>
    Busy,

    /// <summary>No file can be made in the folder, or the folder is missing: its status files tell why.</summary>
    NotWritable,

    /// <summary>The file system has no locks, or there is a lock file that this user may neither ask nor replace.</summary>
    Impossible,
}
