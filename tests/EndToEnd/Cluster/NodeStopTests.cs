using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A node that stops in order sends the ends of its jobs (docs/SPECIFICATION.md#orderly-stop).</summary>
[Collection(nameof(SmallTree))]
public sealed class NodeStopTests(SmallTree small)
{
    [Fact]
    public async Task The_final_states_of_a_stopping_node_reach_the_top()
    {
        var (master, head, tag) = (small.Master, small.Head, Some.Id());
        await using var node = await RunningBox.StartAsync("name=stopped", "pools.stopping.slots=0");
        _ = await head.AskAsync("config", new { nodes = new { stopped = new { address = "127.0.0.1", port = node.Port } } });
        await using var unlink = new Unlink(head, "stopped");
        await master.WaitForPoolAsync("stopping", "stopped");
        for (var i = 0; i < 20; i++)
            _ = await master.SubmitAsync(new { id = $"{tag}.{i}", pool = "stopping", args = Some.Sleep, tags = new[] { tag } });
        for (var i = 0; i < 20; i++)
            _ = await master.WaitForStartAsync($"{tag}.{i}");

        (await node.StopAsync()).Should().Be(0);

        var jobs = await master.WaitForEndOfAllAsync(tag, 20);
        jobs.Should().OnlyContain(job => job.Text("state") == "failed" && job.Text("error") == "shutdown");
        node.Log.Has("stopped").Should().BeTrue();
    }

    // Removes a link from a box that other tests share, also after a failure.
    private sealed class Unlink(RunningBox box, string node) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() =>
            _ = await box.AskAsync("config", new { nodes = new Dictionary<string, object?> { [$"!{node}"] = null } });
    }
}
