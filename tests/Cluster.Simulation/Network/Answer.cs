using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Simulation.Network;

/// <summary>What is answered to a <see cref="Request"/>; null where it did not ask, or where an old peer does not say.</summary>
internal sealed record Answer
{
    public IReadOnlyList<Job>? Jobs { get; init; }

    public long? Seq { get; init; }

    public IReadOnlyDictionary<string, NodeStatus>? Nodes { get; init; }

    public IReadOnlyList<string>? NodesGone { get; init; }

    public long? NodesSeq { get; init; }
}
