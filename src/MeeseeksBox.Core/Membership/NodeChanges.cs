using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>The changes of nodes, this one included, after a number of change (docs/PROTOCOL.md#waiting-for-news).</summary>
/// <param name="Statuses">The status of each node that changed.</param>
/// <param name="Removed">The nodes that are no longer part of the cluster; null when <paramref name="Statuses"/> has all nodes.</param>
/// <param name="Seq">The number of change up to which these changes are complete.</param>
public sealed record NodeChanges(Dictionary<string, NodeStatus> Statuses, IReadOnlyList<string>? Removed, long Seq);
