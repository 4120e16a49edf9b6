using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>A row of the node table: a pool on a node, with its counts of jobs.</summary>
/// <param name="Node">The node; empty for jobs without a node.</param>
/// <param name="Status">The status of the node; null for an unknown node.</param>
/// <param name="Pool">The pool; null for a node without pools.</param>
/// <param name="Running">The number of running jobs, including killed jobs that are still active.</param>
/// <param name="Waiting">The number of waiting jobs.</param>
internal sealed record PoolRow(string Node, NodeStatus? Status, string? Pool, int Running, int Waiting)
{
    /// <summary>The slots of the pool; null if the node does not report the pool.</summary>
    public SlotCount? Slots =>
        Pool is not null && Status is not null && Status.Pools.TryGetValue(Pool, out var slots) ? slots : null;
}
