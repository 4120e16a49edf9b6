using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools;

/// <summary>A pool's configuration, with what makes its tasks.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Tasks">Makes a task for each run.</param>
internal sealed record PoolDefinition(PoolConfig Config, Func<IJobTask> Tasks);
