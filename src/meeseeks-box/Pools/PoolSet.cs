using System.Collections.Concurrent;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol.Signals;
using Serilog;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The pools of this node, kept in step with the configuration.</summary>
/// <remarks>Routes the events of the core to the pool that each concerns.</remarks>
internal sealed class PoolSet : IRunProcesses
{
    private readonly ConcurrentDictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly List<Task> _loops = [];
    private IReadOnlyList<AdoptedRun> _adopted = [];
    private readonly Func<RunnerRun, IJobTask> _followers;
    private readonly string _node;
    private readonly ConfigPool _configPool;
    private readonly RunIdGenerator _runIds;
    private readonly JobAccounts _accounts;
    private readonly CoreHost _host;
    private readonly TimeProvider _time;
    private readonly Func<string, ILogger> _logs;
    private readonly Func<string, Task, Task> _watch;

    public PoolSet(
        string node,
        ConfigPool configPool,
        RunIdGenerator runIds,
        JobAccounts accounts,
        CoreHost host,
        TimeProvider time,
        Func<string, ILogger> logs,
        Func<string, Task, Task> watch,
        Func<RunnerRun, IJobTask> followers)
    {
        _followers = followers;
        _node = node;
        _configPool = configPool;
        _runIds = runIds;
        _accounts = accounts;
        _host = host;
        _time = time;
        _logs = logs;
        _watch = watch;
        host.PoolWoken += Wake;
        host.RunStopped += Stop;
        host.RunSuspended += run => PoolOf(run)?.FollowSuspension(run);
        host.RunLimited += (run, limit) => PoolOf(run)?.Limit(run, limit);
    }

    /// <summary>Creates new pools and reconfigures existing ones.</summary>
    /// <remarks>A removed pool stays here but idle: the core gives it no more jobs and cancels its runs.</remarks>
    public void Apply(IReadOnlyDictionary<string, PoolDefinition> plans)
    {
        foreach (var (name, plan) in plans)
        {
            if (_pools.TryGetValue(name, out var pool))
            {
                pool.Apply(plan);
                continue;
            }

            pool = Create(name, plan);

            // Jobs may have waited in the queue before the pool existed.
            pool.Wake();
        }

        foreach (var adopted in _adopted)
        {
            // Its pool may not be in the configuration any more, so that the run is being stopped.
            var name = adopted.Run.Job.Spec.Pool;
            (PoolOf(adopted.Run) ?? Create(name, new PoolDefinition(new PoolConfig(), () => _followers(adopted.Process)))).Adopt(adopted);
        }

        _adopted = [];
    }

    /// <summary>Takes over runs of a former instance of the box with the first <see cref="Apply"/>.</summary>
    public void Adopt(IReadOnlyList<AdoptedRun> runs) => _adopted = runs;

    /// <summary>True for a run that can outlive this instance of the box.</summary>
    public bool CanOutlive(Run run) => PoolOf(run)?.CanOutlive(run) is true;

    /// <summary>Leaves the runs that are not stopped to a later instance of the box.</summary>
    public void Release()
    {
        foreach (var pool in _pools.Values)
            pool.Release();
    }

    /// <inheritdoc/>
    public Task<string?> SignalAsync(Run run, Signal signal) => PoolOf(run) is { } pool
        ? pool.SignalAsync(run, signal)
        : Task.FromResult<string?>($"job '{run.Job.Id}' is a configuration: it has no process");

    /// <summary>Starts the configuration pool.</summary>
    public void RunConfigPool() => _loops.Add(_watch("configuration pool", _configPool.RunAsync()));

    /// <summary>Starts no more jobs; completes when all runs have ended.</summary>
    public async Task CompleteAsync()
    {
        _configPool.Complete();
        foreach (var pool in _pools.Values)
            pool.Complete();

        // A pool may still start a job until its loop has ended.
        await Task.WhenAll(_loops);
        await Task.WhenAll(_pools.Values.Select(pool => pool.WhenIdleAsync()));
    }

    private void Wake(string pool)
    {
        if (pool is NodeSettings.ConfigPool)
            _configPool.Wake();
        else if (_pools.TryGetValue(pool, out var woken))
            woken.Wake();
    }

    private void Stop(Run run) => PoolOf(run)?.Stop(run);

    private Pool? PoolOf(Run run) => _pools.GetValueOrDefault(run.Job.Spec.Pool);

    private Pool Create(string name, PoolDefinition plan)
    {
        var pool = new Pool(name, _node, plan, _followers, _runIds, _accounts, _host, _time, _logs($"Pool.{name}"));
        _pools[name] = pool;
        _loops.Add(_watch($"pool {name}", pool.RunAsync()));
        return pool;
    }
}
