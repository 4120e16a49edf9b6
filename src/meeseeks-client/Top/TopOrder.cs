namespace MeeseeksBox.CommandLine.Top;

/// <summary>The sort order of jobs.</summary>
internal enum TopOrder
{
    /// <summary>Running jobs by start; then waiting jobs by submit; then ended jobs, latest change first.</summary>
    State,

    /// <summary>Latest submit first.</summary>
    Newest,

    /// <summary>By node, then pool, then as <see cref="State"/>.</summary>
    Node,
}
