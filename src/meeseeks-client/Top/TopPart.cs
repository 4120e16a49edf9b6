namespace MeeseeksBox.CommandLine.Top;

/// <summary>The tables that are on the screen.</summary>
internal enum TopPart
{
    /// <summary>Nodes and pools above, jobs below.</summary>
    Both,

    /// <summary>Only jobs.</summary>
    Jobs,

    /// <summary>Only nodes and pools.</summary>
    Nodes,
}
