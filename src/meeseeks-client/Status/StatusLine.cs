namespace MeeseeksBox.CommandLine.Status;

/// <summary>A line of <c>stat</c>: a node, a pool, or a job.</summary>
/// <param name="Level">The level in the tree, from 0.</param>
/// <param name="Node">The name of the node; empty for jobs without a node.</param>
internal abstract record StatusLine(int Level, string Node)
{
    /// <summary>The line of a node.</summary>
    public sealed record OfNode(int Level, string Node, bool IsOnline, double Loadavg) : StatusLine(Level, Node);

    /// <summary>The line of a pool on a node.</summary>
    /// <param name="Level">The level in the tree, from 0.</param>
    /// <param name="Node">The name of the node; empty for jobs without a node.</param>
    /// <param name="Pool">The name of the pool.</param>
    /// <param name="Jobs">The number of jobs in the pool.</param>
    /// <param name="Free">The number of free slots; null without a limit.</param>
    /// <param name="IsDraining">Whether the pool accepts no further jobs.</param>
    public sealed record OfPool(int Level, string Node, string Pool, int Jobs, int? Free, bool IsDraining = false)
        : StatusLine(Level, Node);

    /// <summary>The line of a job.</summary>
    public sealed record OfJob(int Level, string Node, StatusJob Job) : StatusLine(Level, Node);
}
