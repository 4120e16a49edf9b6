using System.Reflection;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Logging;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent;

/// <summary>Composition root of a node: builds, starts, reconfigures and stops its parts.</summary>
/// <remarks>The parts are built in the order in which a job passes them, and stopped in reverse. Start reading here.</remarks>
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

    /// <summary>Builds a box, which <see cref="StartAsync"/> starts.</summary>
    /// <param name="configuration">A valid configuration.</param>
    /// <param name="arguments">Files and words of the configuration, which a reload reads again.</param>
    /// <param name="logs">Creates the loggers of the parts.</param>
    /// <param name="systemd">Receives readiness and the pings of the watchdog.</param>
    /// <param name="time">The clock of all parts.</param>
    /// <exception cref="IOException">The state file cannot be opened or locked; the message says why.</exception>
    public Box(ConfigurationResult<BoxConfig> configuration, string[] arguments, LogSetup logs, SystemdNotifier systemd, TimeProvider time)
    {
        _arguments = arguments;
        _time = time;
        _logs = logs;
        _config = new ActiveConfiguration(configuration) { Applying = ApplyAsync };
        var config = _config.Config;
        _log = CreateLogger("Box");
        _config.Warning = warning => _log.Warning("configuration: {Warning}", warning);
        _tasks = new BackgroundTasks(LogFailure);

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
                requests, longPoll, durability, _upstreamSessions,
                new Session(() => _config.Config.Listen.Allow.RoleOf(name)), _config.Config.Listen.MaxDepth),
            _tasks.Observe, time, CreateLogger("Listener"));

        _systemd = systemd;
        _watchdog = new Watchdog(systemd, _host, time);
    }

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(Box).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Problems of the plugins that a configuration names, found without a box.</summary>
    public static IReadOnlyList<string> PluginProblems(BoxConfig config, string[] arguments) =>
        new TaskFactoryResolver(arguments, TimeProvider.System).Of(config).Problems;

    /// <summary>Completes when a background task has failed, so that the box must stop; the log has the cause.</summary>
    public Task Faulted => _tasks.Faulted;

    /// <summary>Ports of the listener.</summary>
    public PortList Ports => _listeners.Ports;

    /// <summary>Restores the jobs of the state file, listens, and starts the pools.</summary>
    /// <returns>The problems that prevent the start; empty when the box runs.</returns>
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
            // Writes all restored jobs, so that the journals from before the restart can be deleted.
            await _checkpointer.SaveAsync();
            _checkpointer.Interval = config.State.Checkpoint;
            Run("checkpoint", _checkpointer.RunAsync());
        }

        problems = await _listeners.StartAsync(config.Listen, _stop.Token);
        if (problems is [])
        {
            // After the listener, so that no job is started and lost when another program has the port.
            _pools.Apply(plans);
            Run("configuration pool", _configPool.RunAsync());
            await _links.ApplyAsync(config.Nodes);
            _started.SetResult();
            Run("watchdog", _watchdog.RunAsync());
            _systemd.Ready($"listening on {Ports}");
        }

        return problems;
    }

    /// <summary>Reads the configuration again (SIGHUP). One with a mistake is rejected whole, and the old one stays in force.</summary>
    public async Task ReloadAsync()
    {
        var status = "";
        try
        {
            _systemd.Reloading();
            foreach (var problem in await _config.ReloadAsync(_arguments))
            {
                _log.Error("new configuration rejected: {Problem}", problem);
                status = $", with the previous configuration; the new one was rejected: {problem}";
            }
        }
#pragma warning disable CA1031 // No caller awaits a reload; the box goes on with the old configuration.
        catch (Exception problem)
        {
            _log.Error(problem, "reload failed: internal error; please report it");
        }
#pragma warning restore CA1031
        _systemd.Ready($"listening on {Ports}{status}");
    }

    /// <summary>Stops in stages (docs/SPECIFICATION.md#orderly-stop).</summary>
    /// <remarks>The stages: no new work, runs ended, upstream nodes updated, connections closed, state saved.</remarks>
    /// <returns>False when the state could not be saved; the log has the cause.</returns>
    public async Task<bool> StopAsync()
    {
        _log.Information("stopping");
        _systemd.Stopping();
        _host.Execute((core, _) => core.Close());
        await _pools.CompleteAsync();

        await _upstreamSessions.WhenAllUpdated(_host.Seq)
            .WaitAsync(UpstreamTime, _time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    /// <summary>Kills all processes of the jobs and saves the state.</summary>
    /// <remarks>For a second SIGTERM, which ends a box that is still in <see cref="StopAsync"/>.</remarks>
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

    private void LogFailure(string loop, Exception problem) =>
        _log.Fatal(problem, "background task {Loop} failed: internal error; please report it", loop);

    private void Run(string name, Task loop) => _running.Add(_tasks.Observe(name, loop));

    private async Task RestoreAsync()
    {
        if (_stateFile is null)
        {
            return;
        }

        var lost = await RestoreJobsAsync(_stateFile, _journalFiles!);

        // Reading a large state leaves more garbage than its own size, which an idle node would never collect.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        // No pool runs yet, so that orphans of the previous run of the box are killed before any job starts.
        var orphans = new Orphans(new ProcessTable(), _time);
        LogKilled(await orphans.EndByMarkAsync(_runIds.Owner));
        foreach (var job in lost)
        {
            LogKilled(await orphans.EndByPidAsync(job.Status.Pid!.Value, job.Status.StartTs!.Value));
        }
    }

    // Returns the jobs that were running at the end of the previous run of the box. A method of its own, so that all the rest of what it
    // reads is garbage once it has returned.
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
        _log.Information(
            "jobs restored from {File}: {Count}; changes in its journal: {Changes}", _config.Config.State.File, jobs.Count, reader.Count);
        var here = _config.Config.Name;
        return [.. jobs.Where(job => job.Status.Node == here && job.Status is { Active: true, Pid: not null, StartTs: not null })];
    }

    private void LogKilled(KillResult result)
    {
        if (result.Killed.Count > 0)
        {
            _log.Warning("processes left over from a previous run killed: {Processes}", string.Join(", ", result.Killed));
        }

        if (result.Left.Count > 0)
        {
            _log.Error("processes left over from a previous run could not be killed: {Processes}", string.Join(", ", result.Left));
        }
    }

    // All checks come first, so that a configuration is either applied whole or rejected whole.
    private async Task<IReadOnlyList<string>> ApplyAsync(BoxConfig config)
    {
        // A request or a signal may arrive before the start is complete.
        await _started.Task;
        var old = _config.Config;
        var (plans, problems) = _taskFactories.Of(config);
        string[] fixedOnes =
        [
            .. config.Name != old.Name
                ? [$"name: '{old.Name}' cannot become '{config.Name}' while the box runs; restart it"]
                : Array.Empty<string>(),
            .. config.State.File != old.State.File
                ? ["state.file: cannot change while the box runs; restart it"]
                : Array.Empty<string>(),
            .. config.State.Durable != old.State.Durable
                ? ["state.durable: cannot change while the box runs; restart it"]
                : Array.Empty<string>(),
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
            _log.Warning("log settings unchanged: {Problem}", problem);
        }

        _history.Path = config.State.History;
        _ = _checkpointer?.Interval = config.State.Checkpoint;
        _pools.Apply(plans);
        await _links.ApplyAsync(config.Nodes);
        _host.Execute((core, now) => core.Apply(config.ToNodeSettings(Version), now));
        _log.Information("new configuration in force");
        return [];
    }
}
