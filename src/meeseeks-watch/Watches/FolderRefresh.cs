namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>What a refresh of a folder index has done.</summary>
internal enum FolderRefresh
{
    /// <summary>It has updated the changed names.</summary>
    Updated,

    /// <summary>It has read the whole folder.</summary>
    Scanned,

    /// <summary>The folder could not be read.</summary>
    Failed,
}
