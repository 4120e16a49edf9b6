namespace MeeseeksBox.CommandLine.Completion;

/// <summary>The kinds of names that only a running box can supply.</summary>
internal enum RemoteCompletions
{
    /// <summary>No names.</summary>
    None,

    /// <summary>The ids of jobs.</summary>
    Jobs,

    /// <summary>The names of pools.</summary>
    Pools,

    /// <summary>The names of nodes.</summary>
    Nodes,
}
