namespace MeeseeksBox.CommandLine.Completion;

/// <summary>Names that only a running box knows.</summary>
internal enum RemoteCompletions
{
    /// <summary>None of them.</summary>
    None,

    /// <summary>Ids of jobs.</summary>
    Jobs,

    /// <summary>Pools.</summary>
    Pools,

    /// <summary>Nodes.</summary>
    Nodes,
}
