using System.Text.Json;
using MeeseeksBox.Client;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Logging;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>The configuration of a watcher (docs/SPECIFICATION.md#watcher).</summary>
internal sealed record WatcherConfig
{
    private static readonly string[] Needless = ["poll", "expire"];

    /// <summary>The name of this watcher in the log, ids and tags; by default the host's name.</summary>
    public string Name { get; init; } = HostName.Read();

    /// <summary>The configuration of the log.</summary>
    public LoggingConfig Logging { get; init; } = new();

    /// <summary>The connection to the box.</summary>
    public MeeseeksClientOptions Client { get; init; } = new();

    /// <summary>The watches.</summary>
    public IReadOnlyList<WatchSettings> Watches { get; init; } = [];

    /// <summary>Whether to read each folder once, wait for the jobs, and end.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Whether to print the plan and submit nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The lock file; null for none.</summary>
    public string? Lock { get; init; }

    /// <summary>The path of the control socket; null for the default (docs/SPECIFICATION.md#watch-control).</summary>
    public string? Control { get; init; }

    /// <summary>Whether there is a control socket.</summary>
    public bool HasControl { get; init; } = true;

    /// <summary>Reads a configuration with applied templates. Problems go to the reader's diagnostics.</summary>
    public static WatcherConfig Read(SectionReader root, ConfigObject written)
    {
        var defaults = root.Section("defaults");
        var config = new WatcherConfig
        {
            Logging = LoggingConfig.Read(root.Section("logging")),
            Watches = WatchReader.ReadAll(root, defaults, written, Path.GetFullPath, CronSchedule.Parse, FolderPlaces.Of),
            IsOnce = root.Flag("once", fallback: false),
            IsDryRun = root.Flag("dry_run", fallback: false),
            Lock = root.Text("lock"),
            HasControl = root.Find("control")?.Value is not ConfigScalar { Kind: JsonValueKind.False },
        };
        if (config.HasControl)
            config = config with { Control = ReadControl(root) };
        config = config with { Client = ReadClient(root.Section("client", defaults), config.Watches) };
        return root.Text("name") is { } name ? config with { Name = name } : config;
    }

    private static string? ReadControl(SectionReader root)
    {
        if (root.Text("control") is not { } path)
            return null;
        path = Path.GetFullPath(path);
        if (UnixAddress.FaultOf($"unix:{path}") is { } fault)
            root.AddProblem("control", fault);
        return path;
    }

    private static MeeseeksClientOptions ReadClient(SectionReader section, IReadOnlyList<WatchSettings> watches)
    {
        WarnOfNeedless(section);
        var fallback = new MeeseeksClientOptions();
        var refresh = watches.Count > 0 ? watches.Min(watch => watch.Refresh) : fallback.Refresh;
        return new MeeseeksClientOptions
        {
            Address = section.Address() ?? fallback.Address,
            Port = section.WholeNumber("port", least: 1, most: 65535) ?? fallback.Port,
            Timeout = section.SecondsAboveZero("timeout") ?? fallback.Timeout,

            // The shortest refresh of a watch is the interval of polls at a legacy box (docs/SPECIFICATION.md#rescan).
            Refresh = section.SecondsAboveZero("refresh") ?? refresh,
            Ssl = TlsConfigReader.ReadClient(section),

            // PatientClient waits for a lost box, and logs it.
            ReconnectFor = TimeSpan.Zero,
        };
    }

    // Settings of the original's client, which keeps the jobs of the whole cluster.
    private static void WarnOfNeedless(SectionReader client)
    {
        foreach (var setting in Needless.Select(key => client.Find(key)).OfType<Setting>())
            client.AddWarning(setting, "not needed, ignored: the watcher keeps no state of the cluster");
    }
}
