using System.Reflection;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Logging;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent;

/// <summary>
/// A node: its parts, built in the order in which a job passes them, kept in step with the configuration, and stopped in reverse. Start
/// reading here.
/// </summary>
internal sealed class Box : IAsyncDisposable
{
    private static readonly TimeSpan UpstreamTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HistoryTime = TimeSpan.FromSeconds(5);

    private readonly string[] _arguments;
    private readonly TimeProvider _time;
    private readonly LogSetup _logs;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BackgroundTasks _tasks;
    private readonly ActiveConfiguration _config;
    private readonly CoreHost _host;
    private readonly StateFile? _stateFile;
    private readonly JournalFiles? _journalFiles;
    private readonly Journal? _journal;
    private readonly Checkpointer? _checkpointer;
    private readonly History _history;
    private readonly RunIdGenerator _runIds;
    private readonly ConfigPool _configPool;
    private readonly TaskFactoryResolver _taskFactories;
    private readonly PoolSet _pools;
    private readonly LinkSet _links;
    private readonly UpstreamSessions _upstreamSessions;
    private readonly Listeners _listeners;
    private readonly SystemdNotifier _systemd;
    private readonly Watchdog _watchdog;
    private readonly List<Task> _running = [];
    private Task _writingHistory = Task.CompletedTask;
    private Task _writingJournal = Task.CompletedTask;

    /// <summary>Builds a box; <see cref="StartAsync"/> brings it to life.</summary>
    /// <param name="configuration">A good configuration.</param>
    /// <param name="arguments">Where it was read from, to read it again at a reload.</param>
    /// <param name="logs">Where the box tells of itself.</param>
    /// <param name="systemd">Who is told when it is ready, and that it is alive.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The state file cannot be had; the message says why.</exception>
    public Box(BoxConfigurationResult configuration, string[] arguments, LogSetup logs, SystemdNotifier systemd, TimeProvider time)
    {
        _arguments = arguments;
        _time = time;
        _logs = logs;
        _config = new ActiveConfiguration(configuration) { Applying = ApplyAsync };
        var config = _config.Config;
        _log = CreateLogger("Box");
        _config.Warning = warning => _log.Warning("configuration: {Warning}", warning);
        _tasks = new BackgroundTasks(_log);

        _stateFile = config.State.File is { } file ? StateFile.Open(file, time, CreateLogger("State")) : null;
        _host = new CoreHost(config.ToNodeSettings(Version), time, problem => _tasks.Fail("timer of deadlines", problem));
        _history = new History(time, CreateLogger("History")) { Path = config.State.History };
        _host.JobEnded += _history.Add;
        if (_stateFile is not null)
        {
            _journalFiles = new JournalFiles(_stateFile.Path);
            _journal = config.State.Durable ? new Journal(_journalFiles, CreateLogger("State")) : null;
            _checkpointer = new Checkpointer(_stateFile, _journalFiles, _host, _history, time, CreateLogger("State"));
        }

        _runIds = new RunIdGenerator(config.Name, config.State.File, time);
        _configPool = new ConfigPool(_host, _config);
        _taskFactories = new TaskFactoryResolver(arguments, time);
        _pools = new PoolSet(config.Name, _configPool, _runIds, _host, time, CreateLogger, _tasks.Observe);

        _links = new LinkSet(_host, time, CreateLogger, _tasks.Observe);

        _upstreamSessions = new UpstreamSessions(_host);
        var durability = new DurabilityBarrier(_host);
        var requests = new RequestHandlers(
            new StatusHandler(_host),
            new SubmitHandler(_host),
            new QueryHandler(_host),
            new GetHandler(_host, _upstreamSessions),
            new LsHandler(_host),
            new KillHandler(_host),
            new ModifyHandler(_host),
            new ConfigHandler(_config),
            new SyncHandler(_host, _upstreamSessions, CreateLogger("Requests")),
            durability,
            new Authorization(_host));
        var longPoll = new LongPoll(_host, time);
        _listeners = new Listeners(
            name => new RequestLineHandler(
                requests, longPoll, durability, _upstreamSessions, new Session(() => _config.Config.Listen.Allow.RoleOf(name)), _config.Config.Listen.MaxDepth),
            _tasks.Observe, time, CreateLogger("Listener"));

        _systemd = systemd;
        _watchdog = new Watchdog(systemd, _host, time);
    }

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(Box).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>What is wrong with the plugins that a configuration names, without a box.</summary>
    public static IReadOnlyList<string> PluginProblems(BoxConfig config, string[] arguments) =>
        new TaskFactoryResolver(arguments, TimeProvider.System).Of(config).Problems;

    /// <summary>Ends when the box cannot go on by itself; the log says why.</summary>
    public Task Faulted => _tasks.Faulted;

    /// <summary>The ports that are listened on.</summary>
    public PortList Ports => _listeners.Ports;

    /// <summary>Takes up the jobs of the state file, runs them, and listens.</summary>
    /// <returns>What stands against it; nothing when the box is at work.</returns>
    public async Task<IReadOnlyList<string>> StartAsync()
    {
        var config = _config.Config;
        var (plans, problems) = _taskFactories.Of(config);
        if (problems is not [])
        {
            return problems;
        }

        try
        {
            await RestoreAsync();
        }
        catch (IOException problem)
        {
            return [problem.Message];
        }

        _writingHistory = _tasks.Observe("history", _history.RunAsync());
        if (_checkpointer is not null)
        {
            // All that was taken up, so that the journals of earlier lives can go.
            await _checkpointer.SaveAsync();
            _checkpointer.Interval = config.State.Checkpoint;
            Run("checkpoint", _checkpointer.RunAsync());
        }

        problems = await _listeners.StartAsync(config.Listen, _stop.Token);
        if (problems is [])
        {
            // Last, so that no job is started and lost when another program has the port.
            _pools.Apply(plans);
            Run("configuration pool", _configPool.RunAsync());
            await _links.ApplyAsync(config.Nodes);
            _started.SetResult();
            Run("watchdog", _watchdog.RunAsync());
            _systemd.Ready($"listening on {Ports}");
        }

        return problems;
    }

    /// <summary>Reads the configuration again (SIGHUP). A bad one is refused whole, and the old one goes on.</summary>
    public async Task ReloadAsync()
    {
        var status = "";
        try
        {
            _systemd.Reloading();
            foreach (var problem in await _config.ReloadAsync(_arguments))
            {
                _log.Error("the new configuration is refused: {Problem}", problem);
                status = $", with the configuration of before; the new one is refused: {problem}";
            }
        }
#pragma warning disable CA1031 // Nobody waits for a reload; the box goes on as it was.
        catch (Exception problem)
        {
            _log.Error(problem, "the configuration could not be read again because of a fault in this program; please report it");
        }
#pragma warning restore CA1031
        _systemd.Ready($"listening on {Ports}{status}");
    }

    /// <summary>
    /// Stops in stages (docs/SPECIFICATION.md#orderly-stop): no new work, runs ended, upstream nodes told, connections ended, state saved.
    /// </summary>
    /// <returns>False when the state could not be saved; the log says why.</returns>
    public async Task<bool> StopAsync()
    {
        _log.Information("stopping");
        _systemd.Stopping();
        _host.Execute((core, _) => core.Close());
        await _pools.CompleteAsync();

        await _upstreamSessions.WhenAllUpdated(_host.Seq).WaitAsync(UpstreamTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listeners.DisposeAsync();
        await _links.CompleteAsync();
        await _stop.CancelAsync();
        _journal?.Complete();
        await _writingJournal;
        _checkpointer?.Complete();
        _watchdog.Complete();
        await Task.WhenAll(_running);
        _history.Complete();
        await _writingHistory.WaitAsync(HistoryTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var saved = _checkpointer?.TrySaveLast() ?? true;
        _log.Information("stopped");
        return saved;
    }

    /// <summary>Ends all processes of the jobs, saves, and does nothing more: somebody does not want to wait for <see cref="StopAsync"/>.</summary>
    public void Abort()
    {
        _ = new Orphans(new ProcessTable(), _time).EndByMarkAsync(_runIds.Owner).Wait(UpstreamTime);
        _journal?.Complete();
        _ = _writingJournal.Wait(UpstreamTime);
        _ = _checkpointer?.TrySaveLast();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
        _host.Dispose();
        _journal?.Dispose();
        _journalFiles?.Dispose();
        _stateFile?.Dispose();
        _history.Dispose();
        _watchdog.Dispose();
        _config.Dispose();
        _stop.Dispose();
    }

    private ILogger CreateLogger(string part) => _logs.CreateLogger($"{_config.Config.Name}.{part}");

    private void Run(string name, Task loop) => _running.Add(_tasks.Observe(name, loop));

    private async Task RestoreAsync()
    {
        if (_stateFile is null)
        {
            return;
        }

        var lost = await RestoreJobsAsync(_stateFile, _journalFiles!);

        // Reading a large state leaves more than its size in garbage behind, which a quiet node would keep for ever.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        // No pool is at work yet, so that nothing new starts before what an earlier life has left is ended.
        var orphans = new Orphans(new ProcessTable(), _time);
        LogKilled(await orphans.EndByMarkAsync(_runIds.Owner));
        foreach (var job in lost)
        {
            LogKilled(await orphans.EndByPidAsync(job.Pid!.Value, job.StartTs!.Value));
        }
    }

    // A method of its own, because what it has read is garbage as soon as it has returned, and not before. The jobs that were at work are its result.
    private async Task<Job[]> RestoreJobsAsync(StateFile file, JournalFiles files)
    {
        var reader = new JournalReader(_time, CreateLogger("State"));
        var jobs = await reader.ReadAsync(file.Load(), files);
        try
        {
            files.Rotate();
            _history.AddMissing(reader.Endings);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new IOException(problem.Message, problem);
        }

        _writingJournal = _journal is null ? Task.CompletedTask : _tasks.Observe("journal", _journal.RunAsync());
        _host.Restore(jobs, _journal);
        _log.Information("jobs taken up from {File}: {Count}; changes in its journal: {Changes}", _config.Config.State.File, jobs.Count, reader.Count);
        return [.. jobs.Where(job => job.Node == _config.Config.Name && job is { Active: true, Pid: not null, StartTs: not null })];
    }

    private void LogKilled(KillResult result)
    {
        if (result.Killed.Count > 0)
        {
            _log.Warning("ended processes that an earlier life of this box had left behind: {Processes}", string.Join(", ", result.Killed));
        }

        if (result.Left.Count > 0)
        {
            _log.Error("could not end processes that an earlier life of this box had left behind: {Processes}", string.Join(", ", result.Left));
        }
    }

    // All that can stand against a configuration comes first, so that it is refused whole or applied whole.
    private async Task<IReadOnlyList<string>> ApplyAsync(BoxConfig config)
    {
        // A client may be quicker than the start, and so may be a signal.
        await _started.Task;
        var old = _config.Config;
        var (plans, problems) = _taskFactories.Of(config);
        string[] fixedOnes =
        [
            .. config.Name != old.Name ? [$"name: '{old.Name}' cannot become '{config.Name}' while the box runs; restart it"] : Array.Empty<string>(),
            .. config.State.File != old.State.File ? ["state.file: cannot change while the box runs; restart it"] : Array.Empty<string>(),
            .. config.State.Durable != old.State.Durable ? ["state.durable: cannot change while the box runs; restart it"] : Array.Empty<string>(),
        ];
        problems = [.. problems, .. fixedOnes];
        if (problems is not [])
        {
            return problems;
        }

        problems = config.Listen != old.Listen
            ? await _listeners.RebindAsync(old.Listen, config.Listen, _stop.Token)
            : _listeners.RenewCertificates(config.Listen);
        if (problems is not [])
        {
            return problems;
        }

        if (_logs.Apply(config.Logging) is { } problem)
        {
            _log.Warning("{Problem} The log goes on as it was", problem);
        }

        _history.Path = config.State.History;
        _ = _checkpointer?.Interval = config.State.Checkpoint;
        _pools.Apply(plans);
        await _links.ApplyAsync(config.Nodes);
        _host.Execute((core, now) => core.Apply(config.ToNodeSettings(Version), now));
        _log.Information("a new configuration is in force");
        return [];
    }
}
