using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>All running watches by name. A reload starts, changes and stops those that differ.</summary>
/// <param name="submitter">Runs the jobs.</param>
/// <param name="inotify">Reports the changes of folders.</param>
/// <param name="isOnce">Whether each ends when nothing more is due.</param>
/// <param name="time">The source of the time.</param>
/// <param name="named">Makes the logger of a watch.</param>
/// <param name="watchLoop">Observes the loop of a watch.</param>
internal sealed class WatchSet(
    JobSubmitter submitter,
    Inotify inotify,
    bool isOnce,
    TimeProvider time,
    Func<string, ILogger> named,
    Func<string, Task, Task> watchLoop) : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (IWatch Watch, Task Loop, CancellationTokenSource Stop)> _watches = [];

    /// <summary>The number of jobs that failed or could not be submitted.</summary>
    public int Failures => _watches.Values.Sum(entry => entry.Watch.Failures);

    /// <summary>Applies a configuration.</summary>
    public async Task ApplyAsync(IReadOnlyList<WatchSettings> all)
    {
        var wanted = all.ToDictionary(settings => settings.Name);
        var gone = new List<(string Name, string Reason)>();
        var formers = new Dictionary<string, FileWatch>();
        foreach (var (name, entry) in _watches.ToList())
        {
            var settings = wanted.GetValueOrDefault(name) ?? Renamed(all, name);
            if (settings is not null && settings.Name == name && IsKept(entry, settings))
                continue;
            if (settings is { IsContinuous: false } && entry is { Watch: FileWatch former, Loop.IsCompleted: false }
                && !formers.ContainsKey(settings.Name))
                formers[settings.Name] = await EndLoopAsync(name, former);
            else
                gone.Add((name, ReasonOf(settings)));
        }

        ReportLost(all, gone);
        await StopAsync(gone);
        foreach (var settings in all.Where(settings => !_watches.ContainsKey(settings.Name)))
            Start(settings, formers.GetValueOrDefault(settings.Name));
    }

    /// <summary>All watches, with their loops.</summary>
    public IReadOnlyList<(string Name, IWatch Watch, Task Loop)> All =>
        [.. _watches.Select(entry => (entry.Key, entry.Value.Watch, entry.Value.Loop))];

    /// <summary>The loops of all watches; empty before the start.</summary>
    public IReadOnlyList<Task> LoopsNow => [.. _watches.Values.Select(entry => entry.Loop)];

    /// <summary>Waits until the box has acknowledged all results. To be called after all watches have ended.</summary>
    public async Task WhenDrainedAsync()
    {
        using var over = new CancellationTokenSource(LongestStop, time);
        var drained = Task.WhenAll(_watches.Values.Select(entry => entry.Watch.WhenDrainedAsync(over.Token)));
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Stops all watches: kills their jobs and records the results.</summary>
    public Task StopAsync() => StopAsync([.. _watches.Keys.Select(name => (name, ""))]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (watch, loop, stop) in _watches.Values)
        {
            await stop.CancelAsync();
            await loop;
            await watch.DisposeAsync();
            stop.Dispose();
        }

        _watches.Clear();
    }

    // A watch that has ended cannot take new settings: it is replaced.
    private static bool IsKept((IWatch Watch, Task Loop, CancellationTokenSource Stop) entry, WatchSettings? settings) =>
        settings is not null
            && (settings.Text == entry.Watch.Settings.Text || (!entry.Loop.IsCompleted && entry.Watch.TryReconfigure(settings)));

    // The watch that takes over the account of another one, which is not in the configuration any more.
    private WatchSettings? Renamed(IReadOnlyList<WatchSettings> all, string name) =>
        all.FirstOrDefault(settings => settings.Was.Contains(name) && !_watches.ContainsKey(settings.Name));

    private static string ReasonOf(WatchSettings? settings) => settings switch
    {
        null => "it is not in the configuration any more",
        { IsContinuous: true } => "its settings have changed",
        _ => "another watch takes its place",
    };

    // Its jobs go on.
    private async Task<FileWatch> EndLoopAsync(string name, FileWatch watch)
    {
        var (_, loop, stop) = _watches[name];
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
        await watch.EndArrivalsAsync();
        _ = _watches.Remove(name);
        return watch;
    }

    // A new name is a new account, which few expect.
    private void ReportLost(IReadOnlyList<WatchSettings> all, List<(string Name, string Reason)> gone)
    {
        foreach (var settings in all.Where(settings => !settings.IsContinuous && !_watches.ContainsKey(settings.Name)))
        {
            var former = gone.Select(one => _watches[one.Name].Watch.Settings)
                .FirstOrDefault(other => other.Path == settings.Path && GlobsOf(other) == GlobsOf(settings) && other.Name != settings.Name);
            if (former is null)
                continue;
            named(settings.Name).Warning(
                "watch {Watch} has the folder and globs of {Former}, which is gone: its files run again; was: {Former} keeps its account",
                settings.Name,
                former.Name,
                former.Name);
        }
    }

    private static string GlobsOf(WatchSettings settings) => string.Join(' ', settings.Globs);

    private void Start(WatchSettings settings, FileWatch? former)
    {
        var log = named(settings.Name);
        IWatch watch = settings.IsContinuous
            ? new ContinuousWatch(settings, submitter, isOnce, time, log)
            : new FileWatch(settings, submitter, inotify, isOnce, time, log, former);
        if (former is not null)
            log.Information("watch {Former} is changed; jobs that go on: {Count}", former.Settings.Name, watch.JobCount);
        var stop = new CancellationTokenSource();
        _watches.Add(settings.Name, (watch, watchLoop($"watch {settings.Name}", Task.Run(() => watch.RunAsync(stop.Token))), stop));
        if (settings.IsContinuous)
            log.Information("watch started: jobs kept running");
        else
            log.Information("watch started: {Path} for {Globs}", settings.Path, GlobsOf(settings));
    }

    private async Task StopAsync(List<(string Name, string Reason)> all)
    {
        await Task.WhenAll(all.Select(one => StopAsync(_watches[one.Name], one.Reason)));

        // They end on several threads, which must not change the table.
        all.ForEach(one => _ = _watches.Remove(one.Name));
    }

    private async Task StopAsync((IWatch Watch, Task Loop, CancellationTokenSource Stop) entry, string reason)
    {
        var (watch, loop, stop) = entry;
        await stop.CancelAsync();
        await loop;
        if (reason.Length > 0 && watch.JobCount is > 0 and var count)
            named(watch.Settings.Name).Information("jobs stopped, because {Reason}: {Count}", reason, count);
        using var over = new CancellationTokenSource(LongestStop, time);
        await watch.KillJobsAsync(over.Token);
        await watch.DisposeAsync();
        stop.Dispose();
    }
}
