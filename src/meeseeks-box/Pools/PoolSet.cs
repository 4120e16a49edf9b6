using System.Collections.Concurrent;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools.Plugins;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Plugins;
using Serilog;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The pools of this node. Passes on what the ledger says of each, and follows the configuration.</summary>
internal sealed class PoolSet
{
    private readonly ConcurrentDictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly List<Task> _loops = [];
    private readonly string _node;
    private readonly ConfigPool _configPool;
    private readonly PluginLoader _plugins;
    private readonly RunNames _runNames;
    private readonly StateKeeper _state;
    private readonly TimeProvider _time;
    private readonly Func<string, ILogger> _logs;
    private readonly Func<string, Task, Task> _watch;
    private readonly Func<IJobTask> _processes;

    public PoolSet(string node, ConfigPool configPool, PluginLoader plugins, RunNames runNames, StateKeeper state, TimeProvider time, Func<string, ILogger> logs, Func<string, Task, Task> watch)
    {
        _node = node;
        _configPool = configPool;
        _plugins = plugins;
        _runNames = runNames;
        _state = state;
        _time = time;
        _logs = logs;
        _watch = watch;
        var processes = new ProcessTable();
        _processes = () => new ProcessTask(processes, time);
        state.PoolWoken += Wake;
        state.RunStopped += Stop;
    }

    /// <summary>What the pools of a configuration need; a problem for each plugin that is not to be had.</summary>
    public (IReadOnlyDictionary<string, PoolPlan> Plans, IReadOnlyList<string> Problems) Plan(BoxConfig config)
    {
        var plans = new Dictionary<string, PoolPlan>();
        var problems = new List<string>();
        foreach (var (name, pool) in config.Pools)
        {
            Finding<Func<IJobTask>> tasks = pool.Plugin is null ? _processes : _plugins.Find(pool.Plugin);
            if (tasks.IsFound)
            {
                plans.Add(name, new PoolPlan(pool, tasks.Value));
            }
            else
            {
                problems.Add($"pools.{name}.plugin: {tasks.Problem}");
            }
        }

        return (plans, problems);
    }

    /// <summary>Has the pools of these plans from now on. A pool that is gone gets nothing more from the ledger, which also ends what runs in it.</summary>
    public void Apply(IReadOnlyDictionary<string, PoolPlan> plans)
    {
        foreach (var (name, plan) in plans)
        {
            if (_pools.TryGetValue(name, out var pool))
            {
                pool.Apply(plan);
                continue;
            }

            pool = new Pool(name, _node, plan, _runNames, _state, _time, _logs($"Pool.{name}"));
            _pools[name] = pool;
            _loops.Add(_watch($"pool {name}", pool.RunAsync()));
        }
    }

    /// <summary>Starts nothing more; ends when all that runs has ended.</summary>
    public async Task CompleteAsync()
    {
        _configPool.Complete();
        await Task.WhenAll(_pools.Values.Select(pool => pool.CompleteAsync()));
        await Task.WhenAll(_loops);
    }

    private void Wake(string pool)
    {
        if (pool is NodeSettings.ConfigPool)
        {
            _configPool.Wake();
        }
        else if (_pools.TryGetValue(pool, out var woken))
        {
            woken.Wake();
        }
    }

    private void Stop(Run run)
    {
        if (_pools.TryGetValue(run.Job.Pool, out var pool))
        {
            pool.Stop(run);
        }
    }
}
