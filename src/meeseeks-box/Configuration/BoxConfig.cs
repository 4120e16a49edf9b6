using MeeseeksBox.Configuration;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Logging;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The configuration of a box (docs/SPECIFICATION.md#box-settings).</summary>
internal sealed record BoxConfig
{
    /// <summary>The name of this node, unique in the cluster: <c>name</c>, by default the host's name.</summary>
    public string Name { get; init; } = HostName.Read();

    /// <summary>The account of the jobs of a box that runs as root.</summary>
    public UserConfig User { get; init; } = UserConfig.None;

    /// <summary>Level, file and format of the log.</summary>
    public LoggingConfig Logging { get; init; } = new();

    /// <summary>The listener for requests.</summary>
    public ListenConfig Listen { get; init; } = new();

    /// <summary>Storage and expiry of jobs.</summary>
    public StateConfig State { get; init; } = new();

    /// <summary>The downstream nodes to connect to, by name; an entry of this node itself is left out.</summary>
    public IReadOnlyDictionary<string, LinkConfig> Nodes { get; init; } = new Dictionary<string, LinkConfig>();

    /// <summary>The pools of this node, by name.</summary>
    public IReadOnlyDictionary<string, PoolConfig> Pools { get; init; } = new Dictionary<string, PoolConfig>();

    /// <summary>True to choose nodes by load average instead of free slots: <c>use_loadavg</c>.</summary>
    public bool UseLoadavg { get; init; }

    /// <summary>True to assign jobs to full pools, where they wait: <c>wait_in_pool</c>.</summary>
    public bool WaitInPool { get; init; }

    /// <summary>Reads the whole configuration. Problems are added to the reader.</summary>
    public static BoxConfig Read(SectionReader root)
    {
        var defaults = root.Section("defaults");
        var config = new BoxConfig
        {
            User = UserConfig.Read(root),
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
        {
            root.Section("pools").AddProblem(
                NodeSettings.ConfigPool, "this name is reserved for the configuration pool; choose another");
        }

        config = root.Text("name") is { } name ? config with { Name = name } : config;

        // A file that all boxes share has an entry for each of them. The entry of this box is not a link.
        config = config with { Nodes = config.Nodes.Where(node => node.Key != config.Name).ToDictionary() };
        WarnOfShortTimeout(config, root, defaults);
        return config;
    }

    // The defaults of both never meet.
    private static void WarnOfShortTimeout(BoxConfig config, SectionReader root, SectionReader defaults)
    {
        var timeout = config.State.Timeout;

        // The configurations of original heads set it for the links.
        if (root.Section("state", defaults).Find("timeout")?.Value is { } value && ReferenceEquals(value, defaults.Find("timeout")?.Value))
            return;
        if (config.Nodes.FirstOrDefault(node => node.Value.Poll > timeout) is not { Key: { } name, Value: { } link })
            return;

        var setting = root.Section("state", defaults).Find("timeout")
            ?? root.Entries("nodes", defaults).First(node => node.Key == name).Value.Find("poll");
        root.AddWarning(
            setting!,
            $"the poll of node '{name}' ({link.Poll.TotalSeconds} s) is longer than state.timeout ({timeout.TotalSeconds} s); "
                + "a third of that counts instead");
    }
}
