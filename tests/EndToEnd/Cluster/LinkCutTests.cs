using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Links that are cut, slow or silent, and their log lines (docs/SPECIFICATION.md#links).</summary>
[Collection(nameof(SmallTree))]
public sealed class LinkCutTests(SmallTree tree)
{
    private RunningBox Node => tree.Node1;

    [Fact]
    public async Task Ends_and_kills_at_a_cut_or_silent_link_reach_both_sides_after_it_and_it_logs_a_line_each()
    {
        await using var proxy = Proxy.Before(tree.Head.Port);
        await using var master = await RunningBox.StartAsync(
            "name=cut", Tree.Link("head", proxy.Port), "nodes.head.timeout=2", "nodes.head.poll=0.5", "state.expire=600");
        await master.WaitForPoolAsync("p", "node1", "node2");
        using var folder = new TemporaryFolder();
        var go = folder.File("go");
        var (ends, killed, meanwhile) = (Some.Id(), Some.Id(), Some.Id());
        var wait = Some.Shell("until [ -e \"$0\" ]; do sleep 0.01; done; echo well", go);
        _ = await master.SubmitAsync(new { id = ends, pool = "p", node = "node1", args = wait });
        _ = await master.SubmitAsync(new { id = killed, pool = "p", node = "node1", args = Some.Sleep });
        _ = await master.WaitForStartAsync(ends);
        _ = await master.WaitForStartAsync(killed);

        var tried = proxy.Connections;
        proxy.Cut();
        await master.WaitForLogAsync("down: head");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        _ = await Node.WaitForEndAsync(ends);
        _ = await master.AskAsync("kill", killed);
        _ = await master.SubmitAsync(new { id = meanwhile, pool = "p", args = Some.True });
        (await Node.JobAsync(killed)).Text("state").Should().Be("running");
        await Wait.Until(
            () => proxy.Connections > tried + 4, () => $"{proxy.Connections} connections", TestContext.Current.CancellationToken);
        proxy.Heal();

        (await master.WaitForEndAsync(ends)).Printed().Should().Be("well\n");
        (await master.WaitForEndAsync(killed)).Number("rc").Should().Be(-9);
        (await master.WaitForEndAsync(meanwhile)).Text("state").Should().Be("done");
        await master.WaitForLogAsync($"INFO cut.Link.head: up: head at 127.0.0.1:{proxy.Port} (", times: 2);
        master.Log.Count("WARNING cut.Link.head: down: head at 127.0.0.1:")
            .Should().BeInRange(1, 2, "a line per reason, not per attempt");
        master.Log.Lines.Should().ContainSingle(line => line.Contains("down: head") && line.Contains("; reconnects "))
            .Which.Should().MatchRegex(@": (the node closed the connection|connection lost: .+); reconnects with pauses of up to 10 s$");

        // A link that drops everything is detected by its timeout.
        var id = Some.Id();
        _ = await master.SubmitAsync(new { id, pool = "p", node = "node1", args = Some.Sleep });
        _ = await master.WaitForStartAsync(id);

        proxy.Swallow();
        _ = await master.AskAsync("kill", id);
        await master.WaitForLogAsync("the reply is 2 s overdue");
        (await Node.JobAsync(id)).Text("state").Should().Be("running");
        proxy.Heal();

        (await master.WaitForEndAsync(id)).Text("state").Should().Be("killed");
        await master.WaitForLogAsync("up: head", times: 3);
    }
}
