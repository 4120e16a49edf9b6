using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The configuration of a pool with its task factory.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Tasks">Creates a task for each run.</param>
internal sealed record PoolDefinition(PoolConfig Config, Func<IJobTask> Tasks);
