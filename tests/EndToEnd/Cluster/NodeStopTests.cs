using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A node that stops in order sends the ends of its jobs (docs/SPECIFICATION.md#orderly-stop).</summary>
public sealed class NodeStopTests
{
    [Fact]
    public async Task The_final_states_of_a_stopping_node_reach_the_top()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p.slots=0");
        var head = await tree.StartAsync("head", Tree.Link("node", node.Port));
        var master = await tree.StartAsync("master", Tree.Link("head", head.Port));
        await master.WaitForPoolAsync("p", "node");
        for (var i = 0; i < 20; i++)
            _ = await master.SubmitAsync(new { id = $"j{i}", pool = "p", args = Some.Sleep });
        for (var i = 0; i < 20; i++)
            _ = await master.WaitForStartAsync($"j{i}");

        (await node.StopAsync()).Should().Be(0);

        var jobs = await master.WaitForEndOfAllAsync(20);
        jobs.Should().OnlyContain(job => job.Text("state") == "failed" && job.Text("error") == "shutdown");
        node.Log.Has("stopped").Should().BeTrue();
    }
}
