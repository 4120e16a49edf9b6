namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>A file without its names.</summary>
internal sealed class Content
{
    /// <summary>How many descriptors are open for writing.</summary>
    public int Writers { get; set; }

    /// <summary>The names under which programs have opened it, or that these got. The system reports their writes and closes so.</summary>
    public HashSet<NameState> OpenedAs { get; } = [];
}
