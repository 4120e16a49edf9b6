namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A box that the tests of a class share, with a pool for each kind of job; their jobs get ids of their own.</summary>
public sealed class SharedBox : IAsyncLifetime
{
    /// <summary>The box.</summary>
    public RunningBox Box { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Box = await RunningBox.StartAsync(
        "state.expire=600",
        "defaults.restart_delay=0.02",
        "pools.p.slots=0",
        "pools.one.slots=1",
        "pools.small.output_limit=1000",
        "pools.patient.kill_grace=10",
        "pools.hasty.kill_grace=0.1",
        "pools.strict.max_runtime=0.2",
        "pools.slow.restart_delay=0.4");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Box.DisposeAsync();
}
