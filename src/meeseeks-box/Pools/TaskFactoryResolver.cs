using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools.Plugins;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Finds the task factory of each pool: processes, or a plugin.</summary>
internal sealed class TaskFactoryResolver
{
    private readonly PluginLoader _plugins;
    private readonly Func<IJobTask> _processes;

    /// <param name="arguments">The command line of the box: the folders of its config files are searched for plugins.</param>
    /// <param name="processes">Creates the task of a pool without a plugin.</param>
    public TaskFactoryResolver(IEnumerable<string> arguments, Func<IJobTask> processes)
    {
        var files = arguments.Where(argument => !CommandLineSetting.IsSetting(argument));
        var folders = files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file))!).Distinct();
        _plugins = new PluginLoader(PluginLoader.Folders(folders, Environment.GetEnvironmentVariable("MEESEEKS_PLUGINS")));
        _processes = processes;
    }

    /// <summary>Resolves all pools of a configuration, with a problem for each plugin that cannot be loaded.</summary>
    public (IReadOnlyDictionary<string, PoolDefinition> Plans, IReadOnlyList<string> Problems) Of(BoxConfig config)
    {
        var plans = new Dictionary<string, PoolDefinition>();
        var problems = new List<string>();
        foreach (var (name, pool) in config.Pools)
        {
            Result<Func<IJobTask>> tasks = pool.Plugin is null ? _processes : _plugins.Find(pool.Plugin);
            if (tasks.IsSuccess)
            {
                plans.Add(name, new PoolDefinition(pool, tasks.Value));
            }
            else
            {
                problems.Add($"pools.{name}.plugin: {tasks.Problem}");
            }
        }

        return (plans, problems);
    }
}
