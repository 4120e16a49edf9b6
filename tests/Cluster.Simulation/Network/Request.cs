using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Network;

/// <summary>What a link sends in one line (docs/PROTOCOL.md#how-nodes-sync).</summary>
internal sealed record Request
{
    /// <summary>Jobs that changed at the client; null: no <c>sync</c>.</summary>
    public IReadOnlyList<Job>? Sync { get; init; }

    /// <summary>After which number of change jobs are asked for; null: no <c>get</c>.</summary>
    public long? JobsAfter { get; init; }

    /// <summary>True to ask for the nodes.</summary>
    public bool AsksForNodes { get; init; }

    /// <summary>After which number of change; null to ask for all, as old peers do.</summary>
    public long? NodesAfter { get; init; }

    /// <summary>How long the answer may be held back, in seconds; null: not at all.</summary>
    public double? Wait { get; init; }
}
