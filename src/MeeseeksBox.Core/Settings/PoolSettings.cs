using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Settings;

/// <summary>The settings of a pool that the rules depend on (docs/SPECIFICATION.md#pool-settings).</summary>
/// <remarks>All times are in seconds.</remarks>
public sealed record PoolSettings
{
    /// <summary>An interval that keeps live jobs from expiry at a head with the default <c>expire</c> of 60 s.</summary>
    public const double DefaultUpdate = 30;

    /// <summary>The number of jobs that run at the same time; 0: no limit; -1: draining.</summary>
    public int Slots { get; init; }

    /// <summary>True to queue jobs and start none.</summary>
    public bool Hold { get; init; }

    /// <summary>The longest that a job may run; null for no limit.</summary>
    public double? MaxRuntime { get; init; }

    /// <summary>The interval at which live jobs are refreshed for heads that do not accept a lease.</summary>
    public double Update { get; init; } = DefaultUpdate;

    /// <summary>The delay between the end of a run and the next run of the same job.</summary>
    public double RestartDelay { get; init; } = 1;

    /// <summary>The slots of the pool, as the node status reports them.</summary>
    public SlotCount Offer => SlotCount.Of(Slots);

    // One slot: configurations are applied one after the other, in the order of their submission.
    internal static PoolSettings ForConfig { get; } = new() { Slots = 1 };
}
