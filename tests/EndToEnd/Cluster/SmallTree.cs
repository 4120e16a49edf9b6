using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A tree of three levels that the tests of several classes share: two masters, one head, two nodes.</summary>
/// <remarks>A test may link boxes of its own above it. Its jobs have ids of their own.</remarks>
public sealed class SmallTree : IAsyncLifetime
{
    private readonly Tree _tree = new();

    /// <summary>The master.</summary>
    public RunningBox Master { get; private set; } = null!;

    /// <summary>Another master, with wait_in_pool.</summary>
    public RunningBox Patient { get; private set; } = null!;

    /// <summary>The head.</summary>
    public RunningBox Head { get; private set; } = null!;

    /// <summary>The first node.</summary>
    public RunningBox Node1 { get; private set; } = null!;

    /// <summary>The second node.</summary>
    public RunningBox Node2 { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string[] common = ["state.expire=600", "defaults.restart_delay=0.02"];
        string[] pools = [.. common, "pools.p.slots=0", "pools.wide.slots=3", "pools.four.slots=4"];
        Node1 = await _tree.StartAsync("node1", [.. pools, "pools.one.slots=1"]);
        Node2 = await _tree.StartAsync("node2", [.. pools, "pools.other.slots=1"]);
        Head = await _tree.StartAsync("head", [.. common, .. Tree.Links(("node1", Node1.Port), ("node2", Node2.Port))]);
        Master = await _tree.StartAsync("master", [.. common, Tree.Link("head", Head.Port)]);
        Patient = await _tree.StartAsync("patient", [.. common, "wait_in_pool=true", Tree.Link("head", Head.Port)]);
        await Master.WaitForPoolAsync("p", "node1", "node2");
        await Patient.WaitForPoolAsync("p", "node1", "node2");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _tree.DisposeAsync();
}
