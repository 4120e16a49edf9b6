using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Settings;

/// <summary>What of a pool's configuration the rules depend on (docs/SPECIFICATION.md#pool-settings). Spans are in seconds.</summary>
public sealed record PoolSettings
{
    /// <summary>The interval that keeps live jobs from expiring at a head, at its default <c>expire</c> of 60 s.</summary>
    public const double UpdateBelowHeads = 30;

    /// <summary>How many jobs run at once; 0: no limit; -1: draining.</summary>
    public int Slots { get; init; }

    /// <summary>True to queue jobs and start none.</summary>
    public bool Hold { get; init; }

    /// <summary>The longest that a job may run; null for no limit.</summary>
    public double? MaxRuntime { get; init; }

    /// <summary>
    /// The interval in which a live job is refreshed; null: <see cref="UpdateBelowHeads"/> while a head is connected, else never.
    /// </summary>
    public double? Update { get; init; } = UpdateBelowHeads;

    /// <summary>The least pause between the end of a run and the next run of the same job.</summary>
    public double RestartDelay { get; init; } = 1;

    /// <summary>What the pool offers to the cluster.</summary>
    public SlotCount Offer => SlotCount.Of(Slots);

    // One configuration after the other, in the order in which they came.
    internal static PoolSettings ForConfig { get; } = new() { Slots = 1 };
}
