using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Status, nodes, pools, and placement on one node (docs/SPECIFICATION.md#status-requests).</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Nodes_returns_this_node_and_its_pools()
    {
        await using var box = await RunningBox.StartAsync("pools.p1.slots=2", "pools.p2.slots=0", "pools.p3.slots=-1");

        var nodes = await box.AskAsync("nodes", new { });

        var n1 = nodes.GetProperty("n1");
        nodes.Keys().Should().Equal("n1");
        n1.Flag("online").Should().BeTrue();
        n1.Number("loadavg").Should().BeGreaterThanOrEqualTo(0);
        n1.Number("ts").Should().BeApproximately(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 5);
        n1.Texts("routing").Should().Equal("n1");
        n1.GetProperty("pools").GetRawText().Should().Be("""{"p1":2,"p2":true,"p3":-1}""");
        n1.Text("ver").Should().NotBeEmpty();
        n1.Find("caps").Should().NotBeNull();
    }

    [Fact]
    public async Task Pools_returns_free_slots()
    {
        await using var box = await RunningBox.StartAsync("pools.p1.slots=2", "pools.p2.slots=0");
        var before = await box.AskAsync("pools", new { });

        _ = await box.WaitForStartAsync((await box.SubmitAsync(new { pool = "p1", args = Some.Sleep })).Text("id"));
        _ = await box.WaitForStartAsync((await box.SubmitAsync(new { pool = "p2", args = Some.Sleep })).Text("id"));
        var after = await box.AskAsync("pools", new { });

        before.GetRawText().Should().Be("""{"p1":{"n1":2},"p2":{"n1":true}}""");
        after.GetRawText().Should().Be("""{"p1":{"n1":1},"p2":{"n1":true}}""");
    }

    [Fact]
    public async Task Status_returns_both()
    {
        await using var box = await RunningBox.StartAsync("pools.p1.slots=2");

        var status = await box.AskAsync("status", new { });

        status.Keys().Should().Equal("nodes", "pools");
        status.GetProperty("nodes").Keys().Should().Equal("n1");
        status.GetProperty("pools").GetRawText().Should().Be("""{"p1":{"n1":2}}""");
    }

    [Fact]
    public async Task A_job_with_no_free_slot_stays_unassigned_and_gets_the_next_one_that_is_free()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=1");
        var first = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        _ = await box.WaitForStartAsync(first);

        var second = await box.SubmitAsync(new { pool = "p", args = Some.True });
        _ = await box.AskAsync("kill", first);
        var done = await box.WaitForEndAsync(second.Text("id"));

        second.GetProperty("node").ToString().Should().Be("False");
        second.Text("submit_node").Should().Be("n1");
        done.Text("state").Should().Be("done");
        done.Text("node").Should().Be("n1");
    }

    [Fact]
    public async Task With_wait_in_pool_it_waits_in_the_pool()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=1", "wait_in_pool=true");
        _ = await box.WaitForStartAsync((await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id"));

        var second = await box.SubmitAsync(new { pool = "p", args = Some.True });

        second.Text("node").Should().Be("n1");
        second.Text("state").Should().Be("new");
        second.Flag("active").Should().BeTrue();
    }
}
