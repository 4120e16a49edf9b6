using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Pools;

/// <summary>A box without and a box with <c>wait_in_pool</c>. Each test has pools of its own.</summary>
public sealed class SlotsBoxes : IAsyncLifetime
{
    /// <summary>The box in which a job without a free slot has no node.</summary>
    public RunningBox Unassigning { get; private set; } = null!;

    /// <summary>The box in which a job without a free slot waits in its pool.</summary>
    public RunningBox Queueing { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Unassigning = await RunningBox.StartAsync(
            "state.expire=600",
            "pools.ordered.slots=1",
            "pools.unlimited.slots=0",
            "pools.full.slots=1",
            "pools.growing.slots=1",
            "pools.burst.slots=2",
            "pools.single.slots=1");
        Queueing = await RunningBox.StartAsync(
            "state.expire=600",
            "wait_in_pool=true",
            "pools.two.slots=2",
            "pools.ordered.slots=1",
            "pools.negative.slots=1",
            "pools.draining.slots=1",
            "pools.held.slots=1",
            "pools.held.hold=true",
            "pools.full.slots=1");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Unassigning.DisposeAsync();
        await Queueing.DisposeAsync();
    }
}
