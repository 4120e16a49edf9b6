namespace MeeseeksBox.CommandLine.Status;

/// <summary>One line of <c>stat</c>: a node, a pool, or a job.</summary>
/// <param name="Level">How far down the tree.</param>
/// <param name="Node">The node's name, on its own line and on those of its pools; empty: jobs without a node.</param>
internal abstract record StatusLine(int Level, string Node)
{
    /// <summary>A node.</summary>
    public sealed record OfNode(int Level, string Node, bool IsOnline, double Loadavg) : StatusLine(Level, Node);

    /// <summary>A pool on a node.</summary>
    /// <param name="Level">How far down the tree.</param>
    /// <param name="Node">The node.</param>
    /// <param name="Pool">The pool.</param>
    /// <param name="Jobs">How many jobs are in it.</param>
    /// <param name="Free">How many slots are free; null without a limit.</param>
    /// <param name="IsDraining">Whether it takes nothing new.</param>
    public sealed record OfPool(int Level, string Node, string Pool, int Jobs, int? Free, bool IsDraining = false) : StatusLine(Level, Node);

    /// <summary>A job.</summary>
    public sealed record OfJob(int Level, string Node, StatusJob Job) : StatusLine(Level, Node);
}
