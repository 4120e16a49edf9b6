using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Settings;

/// <summary>What of a pool's configuration the rules depend on (README, pools). Spans are in seconds.</summary>
public sealed record PoolSettings
{
    /// <summary>How many jobs run at once; 0: no limit; -1: draining.</summary>
    public int Slots { get; init; }

    /// <summary>True to queue jobs and start none.</summary>
    public bool Hold { get; init; }

    /// <summary>The longest that a job may run; null for no limit.</summary>
    public double? MaxRuntime { get; init; }

    /// <summary>How often a live job is touched, so that nobody takes it for lost.</summary>
    public double Update { get; init; } = 30;

    /// <summary>The least pause between the end of a run and the next run of the same job.</summary>
    public double RestartDelay { get; init; } = 1;

    /// <summary>What the pool offers to the cluster.</summary>
    public SlotCount Offer => SlotCount.Of(Slots);

    // One configuration after the other, in the order in which they came.
    internal static PoolSettings ForConfig { get; } = new() { Slots = 1 };
}
