using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Links that are cut, slow or silent, and their log lines (docs/SPECIFICATION.md#links).</summary>
[Collection(nameof(SmallTree))]
public sealed class LinkCutTests(SmallTree tree) : IAsyncLifetime
{
    private Proxy _proxy = null!;
    private RunningBox _master = null!;

    private RunningBox Node => tree.Node1;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _proxy = Proxy.Before(tree.Head.Port);
        _master = await RunningBox.StartAsync(
            "name=cut", Tree.Link("head", _proxy.Port), "nodes.head.timeout=2", "nodes.head.poll=0.5", "state.expire=600");
        await _master.WaitForPoolAsync("p", "node1", "node2");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Ends_and_kills_during_a_cut_link_reach_both_sides_after_it_and_the_link_logs_a_line_each()
    {
        using var folder = new TemporaryFolder();
        var go = folder.File("go");
        var (ends, killed, meanwhile) = (Some.Id(), Some.Id(), Some.Id());
        var wait = Some.Shell("until [ -e \"$0\" ]; do sleep 0.01; done; echo well", go);
        _ = await _master.SubmitAsync(new { id = ends, pool = "p", node = "node1", args = wait });
        _ = await _master.SubmitAsync(new { id = killed, pool = "p", node = "node1", args = Some.Sleep });
        _ = await _master.WaitForStartAsync(ends);
        _ = await _master.WaitForStartAsync(killed);

        var tried = _proxy.Connections;
        _proxy.Cut();
        await _master.WaitForLogAsync("down: head");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        _ = await Node.WaitForEndAsync(ends);
        _ = await _master.AskAsync("kill", killed);
        _ = await _master.SubmitAsync(new { id = meanwhile, pool = "p", args = Some.True });
        (await Node.JobAsync(killed)).Text("state").Should().Be("running");
        await Wait.Until(
            () => _proxy.Connections > tried + 4, () => $"{_proxy.Connections} connections", TestContext.Current.CancellationToken);
        _proxy.Heal();

        (await _master.WaitForEndAsync(ends)).Printed().Should().Be("well\n");
        (await _master.WaitForEndAsync(killed)).Number("rc").Should().Be(-9);
        (await _master.WaitForEndAsync(meanwhile)).Text("state").Should().Be("done");
        await _master.WaitForLogAsync($"INFO cut.Link.head: up: head at 127.0.0.1:{_proxy.Port} (", times: 2);
        _master.Log.Count("WARNING cut.Link.head: down: head at 127.0.0.1:")
            .Should().BeInRange(1, 2, "a line per reason, not per attempt");
        _master.Log.Lines.Should().ContainSingle(line => line.Contains("down: head") && line.Contains("; reconnects "))
            .Which.Should().MatchRegex(@": (the node closed the connection|connection lost: .+); reconnects with pauses of up to 10 s$");
    }

    [Fact]
    public async Task A_link_that_drops_everything_is_detected_by_its_timeout()
    {
        var id = Some.Id();
        _ = await _master.SubmitAsync(new { id, pool = "p", node = "node1", args = Some.Sleep });
        _ = await _master.WaitForStartAsync(id);

        _proxy.Swallow();
        _ = await _master.AskAsync("kill", id);
        await _master.WaitForLogAsync("the reply is 2 s overdue");
        (await Node.JobAsync(id)).Text("state").Should().Be("running");
        _proxy.Heal();

        (await _master.WaitForEndAsync(id)).Text("state").Should().Be("killed");
        await _master.WaitForLogAsync("up: head", times: 2);
    }
}
