namespace MeeseeksBox.CommandLine.Top;

/// <summary>By what jobs are sorted.</summary>
internal enum TopOrder
{
    /// <summary>Running ones first, the longest of them on top; then waiting ones in their order; then ended ones, the latest on top.</summary>
    State,

    /// <summary>The last submitted on top.</summary>
    Newest,

    /// <summary>By node and pool, and there as <see cref="State"/>.</summary>
    Node,
}
