using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Maps a configuration to the settings of the core.</summary>
internal static class NodeSettingsMapping
{
    /// <summary>The settings of the core.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="version">The version of this program, for the status of the node.</param>
    /// <param name="instance">Tells this box apart from another one of its name.</param>
    public static NodeSettings ToNodeSettings(this BoxConfig config, string version, string? instance = null) => new()
    {
        Name = config.Name,
        Version = version,
        Instance = instance,
        MaxRequest = config.Listen.MaxRequest,
        Pools = config.Pools.ToDictionary(pool => pool.Key, pool => pool.Value.ToPoolSettings()),
        Expire = config.State.Expire.TotalSeconds,
        ExpireActiveJobs = config.State.ExpireActiveJobs,
        Timeout = config.State.Timeout.TotalSeconds,
        UseLoadavg = config.UseLoadavg,
        WaitInPool = config.WaitInPool,
    };

    private static PoolSettings ToPoolSettings(this PoolConfig pool) => new()
    {
        Slots = pool.Slots,
        Hold = pool.Hold,
        MaxRuntime = pool.MaxRuntime?.TotalSeconds,
        Update = pool.Update.TotalSeconds,
        RestartDelay = pool.RestartDelay.TotalSeconds,
    };
}
