using System.Net;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Logging;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>All that is configured of a box (docs/SPECIFICATION.md#box-settings).</summary>
internal sealed record BoxConfig
{
    /// <summary>The name of this node, unique in the cluster: <c>name</c>, by default the host's name.</summary>
    public string Name { get; init; } = Dns.GetHostName();

    /// <summary>What is written to the log, and where.</summary>
    public LoggingConfig Logging { get; init; } = new();

    /// <summary>Where requests are taken.</summary>
    public ListenConfig Listen { get; init; } = new();

    /// <summary>How long jobs are kept, and where.</summary>
    public StateConfig State { get; init; } = new();

    /// <summary>The downstream nodes to connect to, by name; an entry of this node itself is left out.</summary>
    public IReadOnlyDictionary<string, LinkConfig> Nodes { get; init; } = new Dictionary<string, LinkConfig>();

    /// <summary>The pools of this node, by name.</summary>
    public IReadOnlyDictionary<string, PoolConfig> Pools { get; init; } = new Dictionary<string, PoolConfig>();

    /// <summary>Whether nodes are chosen by their load and not by their free slots: <c>use_loadavg</c>.</summary>
    public bool UseLoadavg { get; init; }

    /// <summary>Whether jobs are given to full pools and wait there: <c>wait_in_pool</c>.</summary>
    public bool WaitInPool { get; init; }

    /// <summary>Reads the whole configuration. What is wrong is told to the reader.</summary>
    public static BoxConfig Read(SectionReader root)
    {
        var defaults = root.Section("defaults");
        var config = new BoxConfig
        {
            Logging = LoggingConfig.Read(root.Section("logging")),
            Listen = ListenConfig.Read(root.Section("listen", defaults)),
            State = StateConfig.Read(root.Section("state", defaults)),
            Nodes = root.Entries("nodes", defaults).ToDictionary(node => node.Key, node => LinkConfig.Read(node.Key, node.Value)),
            Pools = root.Entries("pools", defaults).ToDictionary(pool => pool.Key, pool => PoolConfig.Read(pool.Value)),
            UseLoadavg = root.Flag("use_loadavg", fallback: false),
            WaitInPool = root.Flag("wait_in_pool", fallback: false),
        };

        LinkConfig.Read(string.Empty, root.Blank(defaults));
        PoolConfig.Read(root.Blank(defaults));
        if (config.Pools.ContainsKey(NodeSettings.ConfigPool))
            root.Section("pools").AddProblem(NodeSettings.ConfigPool, "this name is kept for the pool that takes configurations; choose another");
        config = root.Text("name") is { } name ? config with { Name = name } : config;

        // A file that all boxes share names all of them: the entry of this box is no link.
        return config with { Nodes = config.Nodes.Where(node => node.Key != config.Name).ToDictionary() };
    }
}
