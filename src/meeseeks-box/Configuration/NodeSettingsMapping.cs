using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>What the rules of the core need of a configuration.</summary>
internal static class NodeSettingsMapping
{
    /// <summary>The settings for the ledger.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="version">The version of this program, which it tells other nodes.</param>
    public static NodeSettings ToNodeSettings(this BoxConfig config, string version) => new()
    {
        Name = config.Name,
        Version = version,
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
        Update = pool.Update?.TotalSeconds,
        RestartDelay = pool.RestartDelay.TotalSeconds,
    };
}
