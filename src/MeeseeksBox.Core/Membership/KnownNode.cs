using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>Another node, as it was last heard of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">What it said.</param>
/// <param name="Peer">The downstream node that told of it last.</param>
/// <param name="ReportedAt">When that was, by our steady clock.</param>
/// <param name="Seq">The number of the change of status here.</param>
public sealed record KnownNode(string Name, NodeStatus Status, string Peer, double ReportedAt, long Seq)
{
    /// <summary>True for a node of the original: only ours state a version.</summary>
    public bool IsLegacy => Status.Ver is null;
}
