using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Settings;

/// <summary>The settings of a node that the rules depend on (docs/SPECIFICATION.md#box-settings).</summary>
/// <remarks>All times are in seconds.</remarks>
public sealed record NodeSettings
{
    /// <summary>The pool whose jobs configure their node (docs/SPECIFICATION.md#remote-configuration).</summary>
    /// <remarks>Every node has it. It is not part of the node status.</remarks>
    public const string ConfigPool = "__config";

    /// <summary>The name of this node.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the program, for the status of the node; null for none.</summary>
    public string? Version { get; init; }

    /// <summary>Tells this box apart from another one of its name; null for none.</summary>
    public string? Instance { get; init; }

    /// <summary>The longest line that this node accepts, in bytes; null without a limit.</summary>
    public long? MaxRequest { get; init; }

    /// <summary>The pools of this node.</summary>
    public IReadOnlyDictionary<string, PoolSettings> Pools
    {
        get;
        init
        {
            field = value;
            Offers = value.ToDictionary(pool => pool.Key, pool => pool.Value.Offer);
        }
    } = new Dictionary<string, PoolSettings>();

    /// <summary>
    /// How long an ended job is kept after its last change, and after which time without a report an active one is presumed lost.
    /// </summary>
    public double Expire { get; init; } = 60;

    /// <summary>False: active jobs of other nodes never expire.</summary>
    public bool ExpireActiveJobs { get; init; } = true;

    /// <summary>After which time without a report a node is offline, and a job that waits on another node is resent.</summary>
    public double Timeout { get; init; } = 60;

    /// <summary>True to choose nodes by their load average instead of their free slots.</summary>
    public bool UseLoadavg { get; init; }

    /// <summary>True to assign jobs to nodes without a free slot too; they wait there.</summary>
    public bool WaitInPool { get; init; }

    /// <summary>The slots of the pools of this node, as its status reports them.</summary>
    internal Dictionary<string, SlotCount> Offers { get; private init; } = [];

    /// <summary>The settings of a pool of this node, <see cref="ConfigPool"/> included; null when it has no such pool.</summary>
    public PoolSettings? Pool(string name) =>
        Pools.TryGetValue(name, out var pool) ? pool : name is ConfigPool ? PoolSettings.ForConfig : null;
}
