namespace MeeseeksBox.PowerCut.Disk;

/// <summary>The names in a folder that are on disk, and those of the moment.</summary>
internal sealed class RecordedFolder : Inode
{
    /// <summary>Whether nothing in it is needed after a power cut, so that it is never flushed.</summary>
    public bool IsScratch { get; init; }

    /// <summary>What a power cut leaves.</summary>
    public Dictionary<string, Inode> OnDisk { get; } = new(StringComparer.Ordinal);

    /// <summary>What programs see.</summary>
    public Dictionary<string, Inode> Present { get; } = new(StringComparer.Ordinal);
}
