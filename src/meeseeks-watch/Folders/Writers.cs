namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Whether processes have a file open for writing.</summary>
internal enum Writers
{
    /// <summary>No process has.</summary>
    None,

    /// <summary>At least one has.</summary>
    Some,

    /// <summary>The system does not tell: on a network file system, and for files of other users.</summary>
    Unknown,
}
