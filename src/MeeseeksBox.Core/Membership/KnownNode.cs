using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>Another node, with its last reported status.</summary>
/// <param name="Name">The name of the node.</param>
/// <param name="Status">The last status that was accepted.</param>
/// <param name="Peer">The peer that reported this status.</param>
/// <param name="ReportedAt">When the status arrived, in monotonic seconds.</param>
/// <param name="Seq">The number of change of the status on this node.</param>
public sealed record KnownNode(string Name, NodeStatus Status, string Peer, double ReportedAt, long Seq)
{
    /// <summary>True for a legacy node: its status has no version.</summary>
    public bool IsLegacy => Status.IsLegacy;
}
