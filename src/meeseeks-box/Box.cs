using System.Reflection;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Lifecycle;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.Reconfiguration;
using MeeseeksBox.Agent.Recovery;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Logging;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Ending;
using Serilog;

namespace MeeseeksBox.Agent;

/// <summary>Composition root of a node: builds its parts, starts and stops them.</summary>
/// <remarks>The parts are built in the order in which a job passes them. Start reading here.</remarks>
internal sealed class Box : IAsyncDisposable
{
    private static readonly TimeSpan ConfigurationTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UpstreamTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RunnerTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HistoryTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(2);

    private readonly LogSetup _logs;
    private readonly ILogger _log;
    private readonly BackgroundTasks _tasks;
    private readonly ActiveConfiguration _config;
    private readonly ConfigurationChanges _changes = new();
    private readonly CoreHost _host;
    private readonly History _history;
    private readonly StateStore? _store;
    private readonly RunIdGenerator _runIds;
    private readonly RunsFolder _runs;
    private readonly OutputStore _outputs;
    private readonly RunnerHost _runner;
    private readonly Orphans _orphans;
    private readonly Listeners _listeners;
    private readonly Reconfigurator _reconfigurator;
    private readonly CertificateCheck _certificates;
    private readonly Watchdog _watchdog;
    private readonly Stage? _journal;
    private readonly StageList _stages;
    private bool _isSaved = true;

    /// <summary>Builds a box, which <see cref="StartAsync"/> starts.</summary>
    /// <param name="configuration">A valid configuration.</param>
    /// <param name="arguments">Files and words of the configuration, which a reload reads again.</param>
    /// <param name="logs">Creates the loggers of the parts.</param>
    /// <param name="systemd">Receives readiness and the pings of the watchdog.</param>
    /// <param name="time">The clock of all parts.</param>
    /// <exception cref="IOException">The state file cannot be opened or locked; the message says why.</exception>
    public Box(ConfigurationResult<BoxConfig> configuration, string[] arguments, LogSetup logs, SystemdNotifier systemd, TimeProvider time)
    {
        _logs = logs;
        _config = new ActiveConfiguration(configuration);
        var config = _config.Config;
        _log = CreateLogger("Box");
        _tasks = new BackgroundTasks(LogFailure);

        _runs = new RunsFolder(config.State.File, config.State.Durable);
        _outputs = new OutputStore(_runs, time, CreateLogger("Output"));
        _runner = new RunnerHost(_runs, CreateLogger("Runner"));
        var stateFile = config.State.File is { } path ? StateFile.Open(path, time, CreateLogger("State")) : null;
        var instance = InstanceId.Of(stateFile?.Path);
        _host = new CoreHost(
            config.ToNodeSettings(Version, instance), _outputs, time, problem => _tasks.Fail("timer of deadlines", problem));
        _history = new History(time, CreateLogger("History")) { Path = config.State.History };
        _host.JobEnded += _history.Add;
        _store = stateFile is null
            ? null
            : new StateStore(stateFile, config.State, _host, _history, time, CreateLogger("State"));

        _runIds = new RunIdGenerator(config.Name, config.State.File, time);
        _orphans = new Orphans(new ProcessTable(), time);
        var configPool = new ConfigPool(_host, _changes, _config);
        var live = new LiveOutputs();
        var taskFactories = new TaskFactoryResolver(arguments, () => new ProcessTask(_runner, _orphans, _outputs, live));
        var accounts = new HostAccounts();
        var jobAccounts = new JobAccounts(config.User, accounts);
        var pools = new PoolSet(
            config.Name, configPool, _runIds, jobAccounts, _host, time, CreateLogger, _tasks.Observe,
            process => new ProcessTask(_runner, _orphans, _outputs, live, process));

        var links = new LinkSet(_host, time, CreateLogger, _tasks.Observe);
        var relayFailures = new RelayFailures(CreateLogger);
        _host.NodesSwitched += new NodeLog(CreateLogger("Nodes")).Log;

        var upstreamSessions = new UpstreamSessions(_host);
        var durability = new DurabilityBarrier(_host);
        var requests = new RequestHandlers(
            new StatusHandler(_host),
            new SubmitHandler(_host),
            new QueryHandler(_host),
            new GetHandler(_host, upstreamSessions, instance, time),
            new LsHandler(_host),
            new KillHandler(_host),
            new SignalHandler(_host, new SignalSender(_host, pools, new SignalRelay(links.ConfigOf, time, relayFailures))),
            new SuspendHandler(_host),
            new ModifyHandler(_host),
            new ConfigHandler(_changes, _config),
            new SyncHandler(_host, upstreamSessions, time, CreateLogger("Requests")),
            new TailHandler(new OutputSource(_host, live, new OutputRelay(links, relayFailures), time)),
            durability);
        var longPoll = new LongPoll(_host, time);
        var rates = new RequestRates(() => _config.Config.Listen.Rate, time, CreateLogger("Requests"));
        _listeners = new Listeners(HandlerOf, _tasks.Observe, time, CreateLogger("Listener"));

        _certificates = new CertificateCheck(_host, time, _log);
        var parts = new ConfiguredParts(
            Version, instance, logs, _host, _history, _store?.Checkpointer, _listeners, taskFactories, pools, links, _certificates,
            _log);
        _reconfigurator = new Reconfigurator(_changes, _config, parts, arguments, systemd, _log);
        _watchdog = new Watchdog(systemd, _host, time);

        var recovery = _store is null
            ? null
            : new JobRecovery(
                config.Name, _runIds.Owner, _store, _host, _history, _runner, pools, UserOf, _orphans, time, _log, CreateLogger("State"));
        _journal = _store?.Journal is { } journal ? Loop("journal", journal.RunAsync, _ => journal.Complete()) : null;

        // In the order of the start; the stop goes backwards (docs/SPECIFICATION.md#orderly-stop).
        Stage?[] stages =
        [
            Loop("watchdog", _watchdog.RunAsync, _ => _watchdog.Complete()),
            recovery is null ? null : new Stage("state") { Start = recovery.RunAsync, Stop = SaveLast },
            Loop("history", _history.RunAsync, _ => _history.Complete()) with { StopLimit = HistoryTime },
            _journal,
            _store is null ? null : Loop("checkpoint", _store.Checkpointer.RunAsync, _ => _store.Checkpointer.Complete(), SaveFirst),
            new Stage("links") { Stop = _ => links.CompleteAsync() },
            new Stage("connections") { Stop = _ => _listeners.DisposeAsync().AsTask() },
            new Stage("upstream nodes") { Stop = _ => upstreamSessions.WhenAllUpdated(_host.Seq), StopLimit = UpstreamTime },
            new Stage("runner") { Stop = _ => _runner.DisposeAsync().AsTask(), StopLimit = RunnerTime },
            new Stage("runs") { Stop = _ => pools.CompleteAsync() },
            // Listens, starts the pools and connects the links; then takes changes.
            Loop("configuration", _reconfigurator.RunAsync, _reconfigurator.Complete, _reconfigurator.StartAsync)
                with { StopLimit = ConfigurationTime },
            Loop("certificates", _certificates.RunAsync, _ => _certificates.Complete()),
            new Stage("new work") { Start = Accept, Stop = Close },
        ];
        _stages = new StageList([.. stages.OfType<Stage>()], time, _log);

        uint? UserOf(Job job)
        {
            var pool = config.Pools.GetValueOrDefault(job.Spec.Pool)?.User ?? UserConfig.None;
            return jobAccounts.Of(job, pool, isPlugin: false).Value?.Credentials.User;
        }

        async Task<IReadOnlyList<string>> SaveFirst()
        {
            await _store!.Checkpointer.SaveAsync();
            _store.Checkpointer.Interval = config.State.Checkpoint;
            return [];
        }

        Task SaveLast(CancellationToken limit)
        {
            // In case it throws.
            _isSaved = false;
            _isSaved = _store!.Checkpointer.TrySaveLast();
            return Task.CompletedTask;
        }

        Task<IReadOnlyList<string>> Accept()
        {
            pools.RunConfigPool();
            systemd.Ready($"listening on {_listeners.Ports}");
            return Stage.Started;
        }

        Task Close(CancellationToken limit)
        {
            systemd.Stopping();
            var keeps = _config.Config.State is { KeepsJobs: true, File: not null };
            _host.Execute((core, _) => core.Close(keeps ? pools.CanOutlive : null));
            if (keeps)
            {
                _runner.Release();
                pools.Release();
            }

            return Task.CompletedTask;
        }

        ILineHandler HandlerOf(ClientIdentity client)
        {
            var name = client.ToString();
            var session = new Session(
                () => _config.Config.Listen.Allow.Of(client.Name), granted => ClientRights.Of(client, granted, accounts));
            var maxDepth = _config.Config.Listen.MaxDepth;
            return new RequestLineHandler(requests, longPoll, durability, upstreamSessions, session, PaceAsync, maxDepth);

            Task PaceAsync(int count, CancellationToken stop) => !rates.AreLimited || session.Rights.Role is Role.Peer
                ? Task.CompletedTask
                : rates.WaitAsync(name, count, stop);
        }
    }

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(Box).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Mistakes in the plugins and files that a configuration names, found without a box.</summary>
    /// <param name="config">A valid configuration.</param>
    /// <param name="arguments">Files and words of the configuration.</param>
    /// <param name="isCheck">True to find a state file that cannot be written now, too; a start is tried again then.</param>
    public static IReadOnlyList<string> StartProblems(BoxConfig config, string[] arguments, bool isCheck)
    {
        string?[] problems =
        [
            .. new TaskFactoryResolver(arguments, () => throw new InvalidOperationException("no job runs here")).Of(config).Problems,
            LogSetup.ProblemOf(config.Logging),
            isCheck ? StateFile.ProblemOf(config.State.File) : StateFile.KindProblemOf(config.State.File),
            History.ProblemOf(config.State.History),
        ];
        return [.. problems.OfType<string>()];
    }

    /// <summary>Completes when a background task has failed, so that the box must stop; the log has the cause.</summary>
    public Task Faulted => _tasks.Faulted;

    /// <summary>Ports of the listener.</summary>
    public PortList Ports => _listeners.Ports;

    /// <summary>Restores the jobs of the state file, listens, and starts the pools.</summary>
    /// <returns>The problems that prevent the start; empty when the box runs.</returns>
    public Task<IReadOnlyList<string>> StartAsync()
    {
        if (UserRule.Warning(_config.Config, new HostAccounts()) is { } warning)
            _log.Warning("user: {Warning}", warning);
        return _stages.StartAsync();
    }

    /// <summary>Reads the configuration again (SIGHUP). One with a mistake is rejected whole, and the old one stays in force.</summary>
    public async Task ReloadAsync()
    {
        if (await _changes.ReloadAsync() == ConfigurationOutcome.Stopping)
            _log.Information("reload ignored: the box is stopping");
    }

    /// <summary>Stops the stages that were started, in reverse.</summary>
    /// <returns>False when the state could not be saved; the log has the cause.</returns>
    public async Task<bool> StopAsync()
    {
        // A reload that comes after the line is ignored.
        _changes.Close();
        _log.Information("stopping");
        await _stages.StopAsync();
        _log.Information("stopped");
        return _isSaved;
    }

    /// <summary>Kills all processes of the jobs and saves the state.</summary>
    /// <remarks>For a second SIGTERM, which ends a box that is still in <see cref="StopAsync"/>.</remarks>
    public void Abort()
    {
        Finish("the kill of processes", () => _orphans.EndByMarkAsync(_runIds.Owner));
        Finish("the journal", () => _journal?.Stop(CancellationToken.None) ?? Task.CompletedTask);
        _ = _store?.Checkpointer.TrySaveLast();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
        _host.Dispose();
        _store?.Dispose();
        _history.Dispose();
        _watchdog.Dispose();
        _certificates.Dispose();
        _reconfigurator.Dispose();
        _outputs.Dispose();
        _runs.Dispose();
    }

    // What fails must not keep the state from being saved.
    private void Finish(string what, Func<Task> work)
    {
        try
        {
            _ = work().Wait(AbortTime);
        }
#pragma warning disable CA1031
        catch (Exception problem)
        {
            _log.Error(problem, "abort continues: {What} failed: internal error; please report it", what);
        }
#pragma warning restore CA1031
    }

    private ILogger CreateLogger(string part) => _logs.CreateLogger($"{_config.Config.Name}.{part}");

    private void LogFailure(string loop, Exception problem) =>
        _log.Fatal(problem, "background task {Loop} failed: internal error; please report it", loop);

    // A stage with a loop. Its stop completes the loop and waits for its end.
    private Stage Loop(
        string name, Func<Task> run, Action<CancellationToken> complete, Func<Task<IReadOnlyList<string>>>? before = null)
    {
        var loop = Task.CompletedTask;
        return new Stage(name)
        {
            Start = async () =>
            {
                var problems = before is null ? [] : await before();
                // On another thread, so that a first turn that blocks (a reload during the start) does not hold up the start.
                loop = problems is [] ? _tasks.Observe(name, Task.Run(run)) : loop;
                return problems;
            },
            Stop = limit =>
            {
                complete(limit);
                return loop;
            },
        };
    }
}
