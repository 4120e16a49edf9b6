using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>What is new of nodes, this one included, since a number of change (docs/PROTOCOL.md#waiting-for-news).</summary>
/// <param name="Statuses">The status of each node that changed.</param>
/// <param name="Removed">The nodes that are not part of the cluster any more.</param>
/// <param name="Seq">The number of change up to which this is complete.</param>
public sealed record NodeChanges(Dictionary<string, NodeStatus> Statuses, IReadOnlyList<string> Removed, long Seq);
