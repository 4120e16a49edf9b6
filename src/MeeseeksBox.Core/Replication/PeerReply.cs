using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Replication;

/// <summary>The reply of a peer to one <see cref="PeerMessage"/>.</summary>
/// <remarks>
/// Sample: <c>[{"sync":["a"],"get":{"b":{"seq":18,…}},"nodes":{"n1":{…}},"seq":18,"nodes_seq":4,"nodes_gone":[]}]</c>.
/// </remarks>
public sealed record PeerReply
{
    private static readonly Dictionary<string, string> NoneSame = [];

    /// <summary>The copies of the peer; null: the reply has no <c>get</c>.</summary>
    public IReadOnlyList<Job>? Jobs { get; init; }

    /// <summary>Those of the jobs that come without a spec, because this node has it: its checksum by the id of the job.</summary>
    public IReadOnlyDictionary<string, string> Same { get; init; } = NoneSame;

    /// <summary>The ids for which the request asked; null when it asked for changes.</summary>
    public IReadOnlyList<string>? LookedUp { get; init; }

    /// <summary>The number of change up to which the jobs are complete; null from a legacy peer.</summary>
    public long? Seq { get; init; }

    /// <summary>True when the peer has further changes after <see cref="Seq"/>, beyond the limit of the request.</summary>
    public bool HasMore { get; init; }

    /// <summary>True when the peer no longer knows all jobs that ended and were removed after the number of the request.</summary>
    public bool HasGap { get; init; }

    /// <summary>The instance of the peer to which <see cref="Seq"/> belongs; null from a peer that sends no pieces.</summary>
    public string? Instance { get; init; }

    /// <summary>The time of the peer in seconds since 1970; null from a peer that sends no pieces.</summary>
    public double? Now { get; init; }

    /// <summary>The status of nodes; null: the reply has no <c>nodes</c>.</summary>
    public IReadOnlyDictionary<string, NodeStatus>? Nodes { get; init; }

    /// <summary>The number of change up to which the nodes are complete; null from a legacy peer.</summary>
    public long? NodesSeq { get; init; }

    /// <summary>Nodes that the peer no longer reaches; null when <see cref="Nodes"/> has all that it reaches.</summary>
    public IReadOnlyList<string>? NodesGone { get; init; }
}
