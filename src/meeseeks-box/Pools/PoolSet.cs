using System.Collections.Concurrent;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using Serilog;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The pools of this node, kept in step with the configuration.</summary>
/// <remarks>Routes the events of the core to the pool that each concerns.</remarks>
internal sealed class PoolSet
{
    private readonly ConcurrentDictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly List<Task> _loops = [];
    private readonly string _node;
    private readonly ConfigPool _configPool;
    private readonly RunIdGenerator _runIds;
    private readonly CoreHost _host;
    private readonly TimeProvider _time;
    private readonly Func<string, ILogger> _logs;
    private readonly Func<string, Task, Task> _watch;

    public PoolSet(
        string node,
        ConfigPool configPool,
        RunIdGenerator runIds,
        CoreHost host,
        TimeProvider time,
        Func<string, ILogger> logs,
        Func<string, Task, Task> watch)
    {
        _node = node;
        _configPool = configPool;
        _runIds = runIds;
        _host = host;
        _time = time;
        _logs = logs;
        _watch = watch;
        host.PoolWoken += Wake;
        host.RunStopped += Stop;
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

            pool = new Pool(name, _node, plan, _runIds, _host, _time, _logs($"Pool.{name}"));
            _pools[name] = pool;

            // Jobs may have waited in the queue before the pool existed.
            pool.Wake();
            _loops.Add(_watch($"pool {name}", pool.RunAsync()));
        }
    }

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

    private void Stop(Run run)
    {
        if (_pools.TryGetValue(run.Job.Spec.Pool, out var pool))
            pool.Stop(run);
    }
}
