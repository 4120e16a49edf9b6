using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>One line that a link sends to its peer (docs/PROTOCOL.md#how-nodes-sync).</summary>
/// <remarks>
/// Sample: <c>[{"sync":{"a":{…}},"get":{"seq":17},"nodes":{"seq":4},"wait":10,"options":{"limit":262144}}]</c>.
/// </remarks>
public sealed record PeerMessage
{
    /// <summary>Jobs that changed here; null: the line has no <c>sync</c>.</summary>
    public IReadOnlyList<Job>? Jobs { get; init; }

    /// <summary>The number of change after which the peer is to send its jobs; null: the line asks for none by number.</summary>
    public long? JobsAfter { get; init; }

    /// <summary>About how many bytes of jobs the reply may have; null: without limit.</summary>
    public long? Limit { get; init; }

    /// <summary>Ids of jobs that the peer is to send, in place of <see cref="JobsAfter"/>.</summary>
    public IReadOnlyList<string>? JobIds { get; init; }

    /// <summary>The number of change after which the peer is to send its nodes; null: the line does not ask for them.</summary>
    public long? NodesAfter { get; init; }

    /// <summary>How long the peer may hold its reply, in seconds; null: not at all.</summary>
    public double? Wait { get; init; }

    /// <summary>
    /// Whether this node accepts the status of the peer as a lease on its jobs (docs/SPECIFICATION.md#leases); null: the line does not say.
    /// </summary>
    public bool? AcceptsLease { get; init; }

    /// <summary>True when the peer may leave out specs that this connection has carried.</summary>
    public bool AcceptsSame { get; init; }

    /// <summary>The names along the cycle for which the link is closed after this line; empty for any other line.</summary>
    public IReadOnlyList<string> Cycle { get; init; } = [];

    /// <summary>True when the line asks for jobs, so that its reply has some to merge.</summary>
    public bool IsPoll => JobsAfter is not null || JobIds is not null;

    /// <summary>True for the first line of a connection, which asks for all that the peer has.</summary>
    public bool IsGreeting => IsPoll && Jobs is null;
}
