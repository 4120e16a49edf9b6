using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Status, nodes and pools (docs/SPECIFICATION.md#status-requests).</summary>
[Collection(nameof(FourPools))]
public sealed class StatusTests(FourPools shared)
{
    private RunningBox Box => shared.Box;

    [Fact]
    public async Task Nodes_returns_this_node_and_its_pools()
    {
        var nodes = await Box.AskAsync("nodes", new { });

        var n1 = nodes.GetProperty("n1");
        nodes.Keys().Should().Equal("n1");
        n1.Flag("online").Should().BeTrue();
        n1.Number("loadavg").Should().BeGreaterThanOrEqualTo(0);
        n1.Number("ts").Should().BeApproximately(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 5);
        n1.Texts("routing").Should().Equal("n1");
        n1.GetProperty("pools").GetRawText().Should().Be("""{"p1":2,"p2":true,"p3":-1,"idle":2}""");
        n1.Text("ver").Should().NotBeEmpty();
        n1.Find("caps").Should().NotBeNull();
    }

    [Fact]
    public async Task Pools_returns_free_slots()
    {
        var before = await Box.AskAsync("pools", new { });

        _ = await Box.WaitForStartAsync((await Box.SubmitAsync(new { pool = "p1", args = Some.Sleep })).Text("id"));
        _ = await Box.WaitForStartAsync((await Box.SubmitAsync(new { pool = "p2", args = Some.Sleep })).Text("id"));
        var after = await Box.AskAsync("pools", new { });

        before.GetRawText().Should().Be("""{"p1":{"n1":2},"p2":{"n1":true},"p3":{"n1":0},"idle":{"n1":2}}""");
        after.GetRawText().Should().Be("""{"p1":{"n1":1},"p2":{"n1":true},"p3":{"n1":0},"idle":{"n1":2}}""");
    }

    [Fact]
    public async Task Status_returns_both()
    {
        var status = await Box.AskAsync("status", new { });

        status.Keys().Should().Equal("nodes", "pools");
        status.GetProperty("nodes").Keys().Should().Equal("n1");
        status.GetProperty("pools").Keys().Should().Equal("p1", "p2", "p3", "idle");
        status.GetProperty("pools").GetProperty("idle").GetRawText().Should().Be("""{"n1":2}""");
    }
}
