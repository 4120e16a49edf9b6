using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>A pool on a node, and how busy it is.</summary>
/// <param name="Node">The node; empty for jobs that no node has been chosen for.</param>
/// <param name="Status">What is known of the node; null when it is not known.</param>
/// <param name="Pool">The pool; null: the node has none.</param>
/// <param name="Running">How many jobs are at work.</param>
/// <param name="Waiting">How many jobs wait there.</param>
internal sealed record PoolRow(string Node, NodeStatus? Status, string? Pool, int Running, int Waiting)
{
    /// <summary>Its slots; null when the node does not say, or has no such pool.</summary>
    public SlotCount? Slots => Pool is not null && Status is not null && Status.Pools.TryGetValue(Pool, out var slots) ? slots : null;
}
