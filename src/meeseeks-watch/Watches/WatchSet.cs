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
        var gone = _watches.Where(entry => !IsKept(entry.Value, wanted.GetValueOrDefault(entry.Key))).Select(entry => entry.Key).ToList();
        await StopAsync(gone);
        foreach (var settings in all.Where(settings => !_watches.ContainsKey(settings.Name)))
            Start(settings);
    }

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
    public Task StopAsync() => StopAsync([.. _watches.Keys]);

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

    private void Start(WatchSettings settings)
    {
        var log = named(settings.Name);
        IWatch watch = settings.IsContinuous
            ? new ContinuousWatch(settings, submitter, isOnce, time, log)
            : new FileWatch(settings, submitter, inotify, isOnce, time, log);
        var stop = new CancellationTokenSource();
        _watches.Add(settings.Name, (watch, watchLoop($"watch {settings.Name}", Task.Run(() => watch.RunAsync(stop.Token))), stop));
        if (settings.IsContinuous)
            log.Information("watch started: jobs kept running");
        else
            log.Information("watch started: {Path} for {Globs}", settings.Path, string.Join(' ', settings.Globs));
    }

    private async Task StopAsync(List<string> names)
    {
        await Task.WhenAll(names.Select(name => StopAsync(_watches[name])));

        // They end on several threads, which must not change the table.
        names.ForEach(name => _ = _watches.Remove(name));
    }

    private async Task StopAsync((IWatch Watch, Task Loop, CancellationTokenSource Stop) entry)
    {
        var (watch, loop, stop) = entry;
        await stop.CancelAsync();
        await loop;
        using var over = new CancellationTokenSource(LongestStop, time);
        await watch.KillJobsAsync(over.Token);
        await watch.DisposeAsync();
        stop.Dispose();
    }
}
