using System.Net;
using MeeseeksBox.Client;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Logging;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;
using MeeseeksBox.Protocol.Unix;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>All that is configured of a watcher (docs/SPECIFICATION.md#watcher).</summary>
internal sealed record WatcherConfig
{
    private static readonly string[] Needless = ["poll", "expire"];

    /// <summary>The name of this watcher, in the log and in the ids and tags of its jobs: <c>name</c>, by default the host's name.</summary>
    public string Name { get; init; } = Dns.GetHostName();

    /// <summary>What is written to the log, and where.</summary>
    public LoggingConfig Logging { get; init; } = new();

    /// <summary>How the box is reached.</summary>
    public MeeseeksClientOptions Client { get; init; } = new();

    /// <summary>The watches.</summary>
    public IReadOnlyList<WatchSettings> Watches { get; init; } = [];

    /// <summary>Whether to look once, wait for the jobs that are due, and end.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Whether to tell what would be submitted, and submit nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The file that only one watcher at a time may hold; null: any number may run.</summary>
    public string? Lock { get; init; }

    /// <summary>Reads the whole configuration, whose templates are applied. What is wrong is told to the reader.</summary>
    /// <param name="root">The reader.</param>
    /// <param name="written">What it reads.</param>
    public static WatcherConfig Read(SectionReader root, ConfigObject written)
    {
        var defaults = root.Section("defaults");
        var config = new WatcherConfig
        {
            Logging = LoggingConfig.Read(root.Section("logging")),
            Watches = WatchReader.ReadAll(root, defaults, written, Path.GetFullPath),
            IsOnce = root.Flag("once", fallback: false),
            IsDryRun = root.Flag("dry_run", fallback: false),
            Lock = root.Text("lock"),
        };
        config = config with { Client = ReadClient(root.Section("client", defaults), config.Watches) };
        return root.Text("name") is { } name ? config with { Name = name } : config;
    }

    private static MeeseeksClientOptions ReadClient(SectionReader section, IReadOnlyList<WatchSettings> watches)
    {
        WarnOfNeedless(section);
        var fallback = new MeeseeksClientOptions();
        var refresh = watches.Count > 0 ? watches.Min(watch => watch.Refresh) : fallback.Refresh;
        return new MeeseeksClientOptions
        {
            Address = UnixAddress.Read(section) ?? fallback.Address,
            Port = section.WholeNumber("port", least: 1, most: 65535) ?? fallback.Port,
            Timeout = section.SecondsAboveZero("timeout") ?? fallback.Timeout,

            // An old peer is polled as often as the shortest refresh of a watch says (docs/SPECIFICATION.md#rescan).
            Refresh = section.SecondsAboveZero("refresh") ?? refresh,
            Ssl = TlsConfigReader.ReadClient(section),

            // A lost box is waited for here, and said, by PatientClient.
            ReconnectFor = TimeSpan.Zero,
        };
    }

    // Settings of the original's client, which keeps the state of the whole cluster.
    private static void WarnOfNeedless(SectionReader client)
    {
        foreach (var setting in Needless.Select(key => client.Find(key)).OfType<Setting>())
            client.AddWarning(setting, "not needed, ignored: the watcher keeps no state of the cluster");
    }
}
