using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchSimulation.Folders;
using MeeseeksBox.WatchSimulation.Model;
using MeeseeksBox.WatchSimulation.Time;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>The folder in which histories run one after the other, and what they share.</summary>
internal sealed class Site : IDisposable
{
    private readonly Dictionary<Rules, WatchSettings> _settings = [];
    private readonly string _root;

    /// <summary>Makes a folder in a file system in memory, where there is one.</summary>
    public Site()
    {
        WriterProbe.Prepare();
        Log = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(new Sink(this)).CreateLogger();
        Inotify = new Inotify(Log);
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _root = Path.Join(parent, $"watch-simulation-{Guid.NewGuid():n}");
        Fence = new EventFence(Inotify, Directory.CreateDirectory(Path.Join(_root, "fence")).FullName);
        _ = Directory.CreateDirectory(Outside);
        _ = Directory.CreateDirectory(Watched);

        // Jobs carry the time of birth of their folder.
        while (HeldFolder.IdOf(Directory.CreateDirectory(Other).FullName)?.BirthTime == HeldFolder.IdOf(Watched)?.BirthTime)
            Directory.Delete(Other);
    }

    public Inotify Inotify { get; }

    public EventFence Fence { get; }

    public Logger Log { get; }

    /// <summary>Receives the events of the log.</summary>
    public Action<LogEvent>? OnLog { get; set; }

    /// <summary>The folder of all others.</summary>
    public string Folder => Path.Join(_root, "history");

    /// <summary>The folder from which files are moved into the watched one.</summary>
    public string Outside => Path.Join(Folder, "outside");

    public string Watched => Path.Join(Folder, "in");

    /// <summary>The folder that is not at the watched path.</summary>
    public string Other => Path.Join(Folder, "in.other");

    /// <summary>Removes what a history has left.</summary>
    public void Clear()
    {
        foreach (var file in new[] { Watched, Other, Outside }.SelectMany(Directory.GetFiles))
            File.Delete(file);
    }

    public WatchSettings SettingsOf(Rules rules)
    {
        if (_settings.TryGetValue(rules, out var known))
            return known;
        var text = $$"""watch.in={"path":"{{Watched}}","glob":"*.dat",{{rules.Text}},"jobs":[{{rules.Jobspec}}]}""";
        var read = WatcherConfigurationReader.Read([text]);
        return _settings[rules] = read.Config?.Watches.Single()
            ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
    }

    public void Dispose()
    {
        Fence.Dispose();
        Inotify.Dispose();
        Log.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private sealed class Sink(Site site) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Exception is not DeathException)
                site.OnLog?.Invoke(logEvent);
        }
    }
}
