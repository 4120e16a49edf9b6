using MeeseeksBox.Client;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Logging;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Control;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using MeeseeksBox.WatchAgent.Watches;
using Serilog;

namespace MeeseeksBox.WatchAgent;

/// <summary>Builds, reconfigures and stops the parts of the watcher.</summary>
/// <remarks>Start reading here. The parts are built in the order in which a file passes them, and stopped in reverse.</remarks>
internal sealed class Watcher : IAsyncDisposable
{
    private static readonly TimeSpan ControlPause = TimeSpan.FromSeconds(1);

    private readonly string[] _arguments;
    private readonly LogSetup _logs;
    private readonly ILogger _log;
    private readonly WatcherConfig _config;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly BackgroundTasks _tasks;
    private readonly Inotify _inotify;
    private readonly MeeseeksClient _client;
    private readonly JobSubmitter _submitter;
    private readonly WatchSet _watches;
    private readonly TimeProvider _time;
    private Task _following = Task.CompletedTask;
    private readonly CancellationTokenSource _controlStop = new();
    private Task _controlling = Task.CompletedTask;
    private bool _isStopped;

    /// <summary>Builds the parts.</summary>
    /// <param name="config">The first configuration.</param>
    /// <param name="arguments">The arguments, for a reload.</param>
    /// <param name="logs">The log.</param>
    /// <param name="time">The source of the time.</param>
    public Watcher(WatcherConfig config, string[] arguments, LogSetup logs, TimeProvider time)
    {
        (_config, _arguments, _logs, _time) = (config, arguments, logs, time);
        _log = logs.CreateLogger(config.Name);
        _inotify = new Inotify(_log);
        _tasks = new BackgroundTasks((loop, problem) =>
            _log.Fatal(problem, "background task {Loop} failed: internal error; please report it", loop));
        _client = new MeeseeksClient(config.Client);
        var timeout = config.IsOnce ? config.Client.Timeout : Timeout.InfiniteTimeSpan;
        var boxLog = logs.CreateLogger($"{config.Name}.Box");
        _submitter = new JobSubmitter(new PatientClient(_client, timeout, time, boxLog), config.Name, config.Client.Refresh, time, boxLog);
        _watches = new WatchSet(
            _submitter, _inotify, config.IsOnce, time, name => logs.CreateLogger($"{config.Name}.Watch.{name}"), _tasks.Observe);
    }

    /// <summary>Completes after an unexpected failure, which the log names.</summary>
    public Task Faulted => _tasks.Faulted;

    /// <summary>Starts all watches.</summary>
    public Task StartAsync()
    {
        _following = _tasks.Observe("job updates", FollowAsync());
        _controlling = _tasks.Observe("control", ControlAsync(_controlStop.Token));
        return _watches.ApplyAsync(_config.Watches);
    }

    /// <summary>Waits until all watches have ended: with <c>once</c>, or all with <c>count</c>.</summary>
    /// <returns>The number of jobs that failed or could not be submitted.</returns>
    public async Task<int> EndedAsync(CancellationToken stop)
    {
        while (true)
        {
            IReadOnlyList<Task> loops;
            await _turn.WaitAsync(stop);
            try
            {
                // The turn excludes a reload.
                loops = _watches.LoopsNow;
                if (loops.All(loop => loop.IsCompleted))
                {
                    await _watches.WhenDrainedAsync();
                    return _watches.Failures;
                }
            }
            finally
            {
                _ = _turn.Release();
            }

            await Task.WhenAll(loops).WaitAsync(stop);
        }
    }

    /// <summary>Reloads the configuration (SIGHUP). A bad one is rejected as a whole.</summary>
    public async Task ReloadAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (!_isStopped)
                await ApplyAsync(WatcherConfigurationReader.Read(_arguments));
        }
#pragma warning disable CA1031 // No caller awaits a reload. The watcher keeps its configuration.
        catch (Exception problem)
        {
            _log.Error(problem, "reload failed: internal error; please report it");
        }
#pragma warning restore CA1031
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Stops all watches: kills their jobs and writes the results (docs/SPECIFICATION.md#watch-signals).</summary>
    public async Task StopAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _isStopped = true;
            _log.Information("stopping");
            await _watches.StopAsync();
            _log.Information("stopped");
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _controlStop.CancelAsync();
        await _controlling;
        await _stop.CancelAsync();
        await _watches.DisposeAsync();
        await _following;
        await _client.DisposeAsync();
        _submitter.Dispose();
        _inotify.Dispose();
        _stop.Dispose();
        _controlStop.Dispose();
        _turn.Dispose();
    }

    private async Task ApplyAsync(ConfigurationResult<WatcherConfig> result)
    {
        foreach (var problem in result.Problems)
            _log.Error("new configuration rejected: {Problem}", problem);
        foreach (var warning in result.Warnings)
            _log.Warning("configuration: {Warning}", warning);
        if (result.Config is not { } config)
            return;
        if (_logs.Apply(config.Logging) is { } unwritable)
            _log.Error("{Problem}", unwritable);
        if ((config.Name, config.Client, config.Lock, config.Control) != (_config.Name, _config.Client, _config.Lock, _config.Control))
            _log.Warning("restart needed: name, client, lock and control stay unchanged");
        await _watches.ApplyAsync(config.Watches);
        _log.Information("new configuration in force");
    }

    // The watcher works without it. Another watcher of the same configuration may have the socket until its end.
    private async Task ControlAsync(CancellationToken stop)
    {
        // Rounds of cron may overlap, and end soon.
        if (!_config.HasControl || (_config.IsOnce && _config.Control is null))
            return;
        var log = _logs.CreateLogger($"{_config.Name}.Control");
        string? reported = null;
        try
        {
            while (true)
            {
                try
                {
                    await AnswerAsync(log, stop);
                }
                catch (IOException problem)
                {
                    if (reported != problem.Message)
                    {
                        log.Warning(
                            "no control socket: {Problem}; meeseeks-watch status and again do not reach this watcher; "
                            + "control names another path",
                            problem.Message);
                    }

                    reported = problem.Message;
                }

                await Task.Delay(ControlPause, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task AnswerAsync(ILogger log, CancellationToken stop)
    {
        var path = _config.Control ?? (ControlPath.FolderForNew() is { } folder
            ? Path.Join(folder, ControlPath.FileNameOf(_config.Name, _arguments))
            : throw new IOException("there is no folder that only this user may enter"));
        var control = ControlListener.Listen(path, new ControlHandler(WatchesAsync, StatusOf, _time).AnswerAsync, _time, log);
        log.Debug("listening at {Path}", path);
        var running = control.RunAsync();
        _ = await Task.WhenAny(running, Task.Delay(Timeout.InfiniteTimeSpan, _time, stop));
        await control.DisposeAsync();
        await running;
    }

    private WatcherStatus StatusOf(IReadOnlyList<WatchStatus> watches) =>
        new(_config.Name, Environment.ProcessId, _submitter.BoxFault, watches);

    private async Task<IReadOnlyList<(string Name, IWatch Watch, Task Loop)>> WatchesAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            return _watches.All;
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            await _submitter.FollowAllAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (MeeseeksException problem) when (_config.IsOnce)
        {
            // Each job that was due has failed with the same error and is counted.
            _log.Error("{Problem}", problem.Message);
        }
    }
}
