using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A link of boxes in which nothing else happens, so that only the change itself can end a long poll.</summary>
public sealed class QuietLinkTests
{
    [Fact]
    public async Task Changes_arrive_without_polling_over_a_slow_link()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p=");
        await using var proxy = Proxy.Before(node.Port);
        var head = await tree.StartAsync(
            "head", Tree.Link("node", proxy.Port), "nodes.node.refresh=600", "nodes.node.poll=600", "nodes.node.timeout=600");
        await head.WaitForPoolAsync("p", "node");
        proxy.Delay = TimeSpan.FromMilliseconds(100);
        var begin = Stopwatch.GetTimestamp();

        _ = await head.RunAsync(new { pool = "p", args = Some.True });

        // One delay down and one up. The next poll is in ten minutes, so the change arrived without one.
        Stopwatch.GetElapsedTime(begin).Should().BeGreaterThan(TimeSpan.FromMilliseconds(190));
        head.Log.Has("down: node").Should().BeFalse();
    }

    [Fact]
    public async Task Large_arguments_and_outputs_cross_the_link_once()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p.output_limit=1000000", "pools.p.restart_delay=0");
        await using var proxy = Proxy.Before(node.Port);
        var head = await tree.StartAsync("head", Tree.Link("node", proxy.Port));
        await head.WaitForPoolAsync("p", "node");
        string[] large = [.. Enumerable.Repeat(new string('x', 100_000), 4)];

        var (down, up) = await CostAsync(new { pool = "p", args = Some.Shell("head -c 300000 /dev/zero") }, "done");
        down.Should().BeLessThan(10_000);
        up.Should().BeInRange(400_000, 420_000, "the output in base64");

        (down, up) = await CostAsync(new { pool = "p", args = Some.Shell("exit 0", large) }, "done");
        down.Should().BeInRange(400_000, 420_000);
        up.Should().BeLessThan(10_000);

        (down, up) = await CostAsync(new { pool = "p", args = Some.Shell("exit 3", large), retries = 3 }, "failed");
        down.Should().BeInRange(400_000, 420_000);
        up.Should().BeLessThan(20_000);

        // Changed at the node, so that the head lacks them.
        var id = Some.Id();
        _ = await head.SubmitAsync(new { id, pool = "p", node = "node", args = Some.Shell("exit 0", large), hold = true });
        await node.WaitForAsync(async () => (await node.AskAsync("ls", id)).GetArrayLength(), count => count is 1);
        _ = await node.SubmitAsync(new { id, args = Some.Shell("exit 4", large), hold = false });
        var ended = await head.WaitForEndAsync(id);
        ended.Number("rc").Should().Be(4);
        ended.GetProperty("args")[2].GetString().Should().Be("exit 4");

        async Task<(long Down, long Up)> CostAsync(object spec, string state)
        {
            var before = (proxy.BytesDown, proxy.BytesUp);
            (await head.RunAsync(spec)).Text("state").Should().Be(state);
            return (proxy.BytesDown - before.BytesDown, proxy.BytesUp - before.BytesUp);
        }
    }

    [Fact]
    public async Task A_node_that_accepts_short_lines_gets_all_jobs_but_those_that_are_too_long_which_fail()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p.slots=20", "listen.max_request=20000");
        var head = await tree.StartAsync("head", Tree.Link("node", node.Port));
        await head.WaitForPoolAsync("p", "node");
        Signal.Send(node.Pid, Signal.Stop);
        string[] ids = ["a", "b", "c", "d", "e", "long", "f", "g", "h"];
        foreach (var id in ids)
        {
            var text = new string('x', id is "long" ? 30_000 : 8000);
            _ = await head.SubmitAsync(new { id, pool = "p", node = "node", args = Some.Shell("exit 0", text) });
        }

        Signal.Send(node.Pid, Signal.Continue);
        foreach (var id in ids)
        {
            var job = await head.WaitForEndAsync(id);
            job.Text("error").Should().Be(id is "long"
                ? "node 'node' accepts no line as long as job 'long' needs; raise its listen.max_request"
                : "");
        }

        head.Log.Has("down: node").Should().BeFalse("no line is refused");
    }

    // The greeting is cut in its middle.
    [Fact]
    public async Task Large_tables_and_lines_cross_a_slow_link_for_longer_than_its_timeout_and_a_cut_repeats_little()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p.slots=50", "pools.p.output_limit=100000", "state.expire=600");
        var print = Some.Shell("head -c 16000 /dev/zero");
        for (var number = 0; number < 49; number++)
            _ = await node.SubmitAsync(new { pool = "p", args = print });
        var last = await node.RunAsync(new { pool = "p", args = print });
        await node.WaitForAsync(
            async () => (await node.AskAsync("get", new { active = true })).Keys(), jobs => jobs is []);

        // A megabyte in nine seconds, with a timeout of five.
        await using var proxy = Proxy.Before(node.Port, bytesPerSecond: 120_000);
        var head = await tree.StartAsync("head", Tree.Link("node", proxy.Port), "nodes.node.timeout=5", "state.expire=600");
        await head.WaitForAsync(async () => (await head.AskAsync("ls", new { })).GetArrayLength(), count => count > 20);
        proxy.Break();
        await head.WaitForAsync(async () => (await head.AskAsync("ls", new { state = "done" })).GetArrayLength(), count => count is 50);
        proxy.BytesUp.Should().BeLessThan(1_500_000, "the rest follows after the cut, and not all again");
        head.Log.Count("down: node").Should().Be(1);

        proxy.BytesPerSecond = 45_000;
        var text = new string('x', 60_000);
        var id = Some.Id();
        _ = await head.SubmitAsync(new { id, pool = "p", args = Some.Shell("exit 0", [.. Enumerable.Repeat(text, 6)]) });
        _ = await node.WaitForEndAsync(id);
        proxy.BytesPerSecond = 0;

        (await head.WaitForEndAsync(id)).Text("state").Should().Be("done");
        head.Log.Count("down: node").Should().Be(1, $"{head.Log}");
        proxy.Connections.Should().Be(2);
    }
}
