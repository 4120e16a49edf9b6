using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Settings;

/// <summary>What of a node's configuration the rules depend on (docs/SPECIFICATION.md#box-settings). Spans are in seconds.</summary>
public sealed record NodeSettings
{
    /// <summary>
    /// The pool in which jobs carry a configuration for their node (docs/SPECIFICATION.md#remote-configuration). Every node has it; it is
    /// not shown.
    /// </summary>
    public const string ConfigPool = "__config";

    /// <summary>The name of this node.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the program, for other nodes to see; null to tell none.</summary>
    public string? Version { get; init; }

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

    /// <summary>How long an ended job stays after its last change, and how long a job at work elsewhere may go without news.</summary>
    public double Expire { get; init; } = 60;

    /// <summary>False to let jobs at work elsewhere go without news for ever.</summary>
    public bool ExpireActiveJobs { get; init; } = true;

    /// <summary>After how long without a change a node is offline, and a job that waits elsewhere is sent there again.</summary>
    public double Timeout { get; init; } = 60;

    /// <summary>Choose nodes by their load instead of their free slots.</summary>
    public bool UseLoadavg { get; init; }

    /// <summary>Give jobs to nodes that have no free slot too; they wait there.</summary>
    public bool WaitInPool { get; init; }

    /// <summary>What the pools of this node offer to the cluster.</summary>
    internal Dictionary<string, SlotCount> Offers { get; private init; } = [];

    /// <summary>The settings of a pool of this node, <see cref="ConfigPool"/> included; null when it has no such pool.</summary>
    public PoolSettings? Pool(string name) => Pools.TryGetValue(name, out var pool) ? pool : name is ConfigPool ? PoolSettings.ForConfig : null;
}
