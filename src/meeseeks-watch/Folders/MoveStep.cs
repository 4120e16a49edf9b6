namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What the move of a file has done last. A crash may come after each step.</summary>
internal enum MoveStep
{
    /// <summary>The account says which file gets which name.</summary>
    Noted,

    /// <summary>The file has its name in the target.</summary>
    Renamed,

    /// <summary>The target has a whole copy under a temporary name.</summary>
    Copied,

    /// <summary>The file has a hidden name, and is the one that was copied.</summary>
    SetAside,

    /// <summary>The copy has its name in the target.</summary>
    Published,

    /// <summary>The file is removed.</summary>
    SourceRemoved,

    /// <summary>Its results are removed.</summary>
    ResultsRemoved,

    /// <summary>Its marker is removed.</summary>
    MarkerRemoved,
}
