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
    private readonly Loops _loops;
    private readonly ConfigInForce _config;
    private readonly StateKeeper _state;
    private readonly StateFile? _stateFile;
    private readonly JournalFiles? _journalFiles;
    private readonly Journal? _journal;
    private readonly Checkpoint? _checkpoint;
    private readonly History _history;
    private readonly RunNames _runNames;
    private readonly ConfigPool _configPool;
    private readonly PoolPlans _poolPlans;
    private readonly PoolSet _pools;
    private readonly LinkSet _links;
    private readonly Upstreams _upstreams;
    private readonly Listeners _listeners;
    private readonly Supervisor _supervisor;
    private readonly Watchdog _watchdog;
    private readonly List<Task> _running = [];
    private Task _writingHistory = Task.CompletedTask;
    private Task _writingJournal = Task.CompletedTask;

    /// <summary>Builds a box; <see cref="StartAsync"/> brings it to life.</summary>
    /// <param name="configuration">A good configuration.</param>
    /// <param name="arguments">Where it was read from, to read it again at a reload.</param>
    /// <param name="logs">Where the box tells of itself.</param>
    /// <param name="supervisor">Who is told when it is ready, and that it is alive.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The state file cannot be had; the message says why.</exception>
    public Box(ConfigurationResult configuration, string[] arguments, LogSetup logs, Supervisor supervisor, TimeProvider time)
    {
        _arguments = arguments;
        _time = time;
        _logs = logs;
        _config = new ConfigInForce(configuration) { Applying = ApplyAsync };
        var config = _config.Config;
        _log = Named("Box");
        _config.Warning = warning => _log.Warning("configuration: {Warning}", warning);
        _loops = new Loops(_log);

        _stateFile = config.State.File is { } file ? StateFile.Open(file, time, Named("State")) : null;
        _state = new StateKeeper(config.ToNodeSettings(Version), time, problem => _loops.Fail("timer of deadlines", problem));
        _history = new History(time, Named("History")) { Path = config.State.History };
        _state.JobEnded += _history.Add;
        if (_stateFile is not null)
        {
            _journalFiles = new JournalFiles(_stateFile.Path);
            _journal = config.State.Durable ? new Journal(_journalFiles, Named("State")) : null;
            _checkpoint = new Checkpoint(_stateFile, _journalFiles, _state, _history, time, Named("State"));
        }

        _runNames = new RunNames(config.Name, config.State.File, time);
        _configPool = new ConfigPool(_state, _config);
        _poolPlans = new PoolPlans(arguments, time);
        _pools = new PoolSet(config.Name, _configPool, _runNames, _state, time, Named, _loops.Watch);

        _links = new LinkSet(_state, time, Named, _loops.Watch);

        _upstreams = new Upstreams(_state);
        var durability = new Durability(_state);
        var requests = new RequestHandlers(
            new StatusHandler(_state),
            new SubmitHandler(_state),
            new QueryHandler(_state),
            new GetHandler(_state, _upstreams),
            new LsHandler(_state),
            new KillHandler(_state),
            new ModifyHandler(_state),
            new ConfigHandler(_config),
            new SyncHandler(_state, _upstreams, Named("Requests")),
            durability,
            new Permission(_state));
        var holding = new Holding(_state, time);
        _listeners = new Listeners(
            name => new RequestLines(
                requests, holding, durability, _upstreams, new Session(() => _config.Config.Listen.Allow.RoleOf(name)), _config.Config.Listen.MaxDepth),
            _loops.Watch, time, Named("Listener"));

        _supervisor = supervisor;
        _watchdog = new Watchdog(supervisor, _state, time);
    }

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(Box).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>What is wrong with the plugins that a configuration names, without a box.</summary>
    public static IReadOnlyList<string> PluginProblems(BoxConfig config, string[] arguments) =>
        new PoolPlans(arguments, TimeProvider.System).Of(config).Problems;

    /// <summary>Ends when the box cannot go on by itself; the log says why.</summary>
    public Task Broken => _loops.Broken;

    /// <summary>The ports that are listened on.</summary>
    public PortList Ports => _listeners.Ports;

    /// <summary>Takes up the jobs of the state file, runs them, and listens.</summary>
    /// <returns>What stands against it; nothing when the box is at work.</returns>
    public async Task<IReadOnlyList<string>> StartAsync()
    {
        var config = _config.Config;
        var (plans, problems) = _poolPlans.Of(config);
        if (problems is not [])
        {
            return problems;
        }

        try
        {
            await TakeUpStateAsync();
        }
        catch (IOException problem)
        {
            return [problem.Message];
        }

        _writingHistory = _loops.Watch("history", _history.RunAsync());
        if (_checkpoint is not null)
        {
            // All that was taken up, so that the journals of earlier lives can go.
            await _checkpoint.SaveAsync();
            _checkpoint.Interval = config.State.Checkpoint;
            Run("checkpoint", _checkpoint.RunAsync());
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
            _supervisor.Ready($"listening on {Ports}");
        }

        return problems;
    }

    /// <summary>Reads the configuration again (SIGHUP). A bad one is refused whole, and the old one goes on.</summary>
    public async Task ReloadAsync()
    {
        var status = "";
        try
        {
            _supervisor.Reloading();
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
        _supervisor.Ready($"listening on {Ports}{status}");
    }

    /// <summary>
    /// Stops in stages (docs/SPECIFICATION.md#orderly-stop): no new work, runs ended, upstream nodes told, connections ended, state saved.
    /// </summary>
    /// <returns>False when the state could not be saved; the log says why.</returns>
    public async Task<bool> StopAsync()
    {
        _log.Information("stopping");
        _supervisor.Stopping();
        _state.Do((ledger, _) => ledger.Close());
        await _pools.CompleteAsync();

        await _upstreams.AllTold(_state.Seq).WaitAsync(UpstreamTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listeners.DisposeAsync();
        await _links.CompleteAsync();
        await _stop.CancelAsync();
        _journal?.Complete();
        await _writingJournal;
        _checkpoint?.Complete();
        _watchdog.Complete();
        await Task.WhenAll(_running);
        _history.Complete();
        await _writingHistory.WaitAsync(HistoryTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var saved = _checkpoint?.TrySaveLast() ?? true;
        _log.Information("stopped");
        return saved;
    }

    /// <summary>Ends all processes of the jobs, saves, and does nothing more: somebody does not want to wait for <see cref="StopAsync"/>.</summary>
    public void EndAtOnce()
    {
        _ = new Orphans(new ProcessTable(), _time).EndByMarkAsync(_runNames.Owner).Wait(UpstreamTime);
        _journal?.Complete();
        _ = _writingJournal.Wait(UpstreamTime);
        _ = _checkpoint?.TrySaveLast();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
        _state.Dispose();
        _journal?.Dispose();
        _journalFiles?.Dispose();
        _stateFile?.Dispose();
        _history.Dispose();
        _watchdog.Dispose();
        _config.Dispose();
        _stop.Dispose();
    }

    private ILogger Named(string part) => _logs.Named($"{_config.Config.Name}.{part}");

    private void Run(string name, Task loop) => _running.Add(_loops.Watch(name, loop));

    private async Task TakeUpStateAsync()
    {
        if (_stateFile is null)
        {
            return;
        }

        var lost = await TakeUpJobsAsync(_stateFile, _journalFiles!);

        // Reading a large state leaves more than its size in garbage behind, which a quiet node would keep for ever.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        // No pool is at work yet, so that nothing new starts before what an earlier life has left is ended.
        var orphans = new Orphans(new ProcessTable(), _time);
        Tell(await orphans.EndByMarkAsync(_runNames.Owner));
        foreach (var job in lost)
        {
            Tell(await orphans.EndByPidAsync(job.Pid!.Value, job.StartTs!.Value));
        }
    }

    // A method of its own, because what it has read is garbage as soon as it has returned, and not before. The jobs that were at work are its result.
    private async Task<Job[]> TakeUpJobsAsync(StateFile file, JournalFiles files)
    {
        var reader = new JournalReader(_time, Named("State"));
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

        _writingJournal = _journal is null ? Task.CompletedTask : _loops.Watch("journal", _journal.RunAsync());
        _state.TakeUp(jobs, _journal);
        _log.Information("jobs taken up from {File}: {Count}; changes in its journal: {Changes}", _config.Config.State.File, jobs.Count, reader.Count);
        return [.. jobs.Where(job => job.Node == _config.Config.Name && job is { Active: true, Pid: not null, StartTs: not null })];
    }

    private void Tell(Reaped reaped)
    {
        if (reaped.Killed.Count > 0)
        {
            _log.Warning("ended processes that an earlier life of this box had left behind: {Processes}", string.Join(", ", reaped.Killed));
        }

        if (reaped.Left.Count > 0)
        {
            _log.Error("could not end processes that an earlier life of this box had left behind: {Processes}", string.Join(", ", reaped.Left));
        }
    }

    // All that can stand against a configuration comes first, so that it is refused whole or applied whole.
    private async Task<IReadOnlyList<string>> ApplyAsync(BoxConfig config)
    {
        // A client may be quicker than the start, and so may be a signal.
        await _started.Task;
        var old = _config.Config;
        var (plans, problems) = _poolPlans.Of(config);
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
            ? await _listeners.MoveAsync(old.Listen, config.Listen, _stop.Token)
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
        _ = _checkpoint?.Interval = config.State.Checkpoint;
        _pools.Apply(plans);
        await _links.ApplyAsync(config.Nodes);
        _state.Do((ledger, now) => ledger.Apply(config.ToNodeSettings(Version), now));
        _log.Information("a new configuration is in force");
        return [];
    }
}
