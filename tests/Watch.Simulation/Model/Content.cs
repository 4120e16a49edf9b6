namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>A file without its names.</summary>
internal sealed class Content
{
    /// <summary>How many descriptors are open for writing.</summary>
    public int Writers { get; set; }

    /// <summary>The names under which programs have opened it. The system reports their writes and closes under these.</summary>
    public HashSet<NameState> OpenedAs { get; } = [];
}
