using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A node ends with its jobs, which fail as expired and are retried as their submitter specified
/// (docs/SPECIFICATION.md#retry-after-expiry).
/// </summary>
public sealed class NodeLossTests
{
    // A dead node is offline before its jobs expire, so that it receives none of them again.
    private static readonly string[] Quick = ["defaults.poll=0.2", "state.timeout=1", "state.expire=2", "defaults.update=0.3"];

    [Fact]
    public async Task The_job_of_a_dead_node_fails_as_expired_and_its_node_goes_offline()
    {
        await using var tree = new Tree();
        var node1 = await tree.StartAsync("node1", [.. Quick, "pools.p.slots=0"]);
        var head = await tree.StartAsync("head", [.. Quick, Tree.Link("node1", node1.Port)]);
        var master = await tree.StartAsync("master", [.. Quick, Tree.Link("head", head.Port)]);
        await master.WaitForPoolAsync("p", "node1");
        var id = (await master.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (int)(await master.WaitForStartAsync(id)).Number("pid")!;

        await node1.CrashAsync();

        var job = await master.WaitForEndAsync(id);
        (job.Text("state"), job.Text("error"), job.Number("fail_count")).Should().Be(("failed", "expired", 1));
        await master.WaitForOnlineAsync("node1", isOnline: false);
        await master.WaitForOnlineAsync("head", isOnline: true);
        await master.WaitForPoolAsync("p");
        Signal.Send(pid, Signal.Terminate);
    }

    [Fact]
    public async Task A_running_job_does_not_expire_while_its_node_is_online()
    {
        await using var tree = new Tree();
        var node1 = await tree.StartAsync("node1", [.. Quick, "pools.p.slots=0"]);
        var master = await tree.StartAsync("master", [.. Quick, Tree.Link("node1", node1.Port)]);
        await master.WaitForPoolAsync("p", "node1");

        // Longer than an expiry.
        var job = await master.RunAsync(new { pool = "p", args = Some.Shell("sleep 3") });

        (job.Text("state"), job.Number("start_count")).Should().Be(("done", 1));
    }

    [Fact]
    public async Task Retries_after_the_death_of_a_node_go_to_the_rest_the_list_or_wait()
    {
        using var folder = new TemporaryFolder();
        string[] args = Some.Shell("echo $MEESEEKS_NODE $MEESEEKS_JOB_ID >> \"$0\"; exec sleep \"$1\"", folder.File("runs"), "1000");
        string[] marks = ["free", "pinned", "list.node1"];
        await using var tree = new Tree();
        var node1 = await tree.StartAsync("node1", [.. Quick, "pools.p.slots=0"]);
        var head = await tree.StartAsync("head", [.. Quick, Tree.Link("node1", node1.Port)]);
        var master = await tree.StartAsync("master", [.. Quick, Tree.Link("head", head.Port)]);
        await master.WaitForPoolAsync("p", "node1");
        _ = await master.SubmitAsync(new { id = "free", pool = "p", args, retries = 1 });
        _ = await master.SubmitAsync(new { id = "pinned", pool = "p", node = "node1", args, retries = 1 });
        _ = await master.AskAsync("submit", new { id = "list", pool = "p", node = new[] { "node2", "node1" }, args, retries = 1 });
        var pids = new List<int>();
        foreach (var id in marks)
            pids.Add((int)(await master.WaitForStartAsync(id)).Number("pid")!);
        var node2 = await tree.StartAsync("node2", [.. Quick, "pools.p.slots=0"]);
        _ = await head.AskAsync("config", new { nodes = new { node2 = new { address = "127.0.0.1", port = node2.Port } } });
        await master.WaitForPoolAsync("p", "node1", "node2");
        _ = await master.WaitForStartAsync("list.node2");

        await node1.CrashAsync();
        pids.ForEach(pid => Signal.Send(pid, Signal.Terminate));

        foreach (var id in new[] { "free", "list.node1" })
        {
            var job = await master.WaitForJobAsync(id, job => job.Text("state") is "running" && job.Number("start_count") is 2);
            (job.Text("node"), job.Number("fail_count")).Should().Be(("node2", 1), id);
        }

        var waiting = await master.WaitForJobAsync("pinned", job => job.Text("state") is "new");
        (waiting.Text("node"), waiting.Number("fail_count"), waiting.Text("error")).Should().Be(("node1", 1, "expired"));

        _ = await tree.StartAsync("node1", [.. Quick, "pools.p.slots=0", $"listen.port={node1.Port}"]);
        var again = await master.WaitForJobAsync("pinned", job => job.Text("state") is "running");
        again.Text("node").Should().Be("node1");
        (await File.ReadAllLinesAsync(folder.File("runs"), TestContext.Current.CancellationToken)).Should().BeEquivalentTo(
            "node1 free", "node1 pinned", "node1 list.node1", "node2 list.node2", "node2 free", "node2 list.node1", "node1 pinned");
    }

    [Fact]
    public async Task After_a_partition_one_result_is_left_and_the_stale_copy_is_killed()
    {
        using var folder = new TemporaryFolder();
        var go = folder.File("go");
        await using var tree = new Tree();
        var node1 = await tree.StartAsync("node1", [.. Quick, "pools.p.slots=1"]);
        await using var proxy = Proxy.Before(node1.Port);
        var node2 = await tree.StartAsync("node2", Quick);
        var head = await tree.StartAsync("head", [.. Quick, .. Tree.Links(("node1", proxy.Port), ("node2", node2.Port))]);
        var master = await tree.StartAsync("master", [.. Quick, Tree.Link("head", head.Port)]);
        await master.WaitForPoolAsync("p", "node1");
        _ = await master.SubmitAsync(
            new
            {
                id = "a",
                pool = "p",
                retries = 3,
                args = Some.Shell("until [ -e \"$0\" ]; do sleep 0.05; done; echo $MEESEEKS_NODE", go),
            });
        var pid = (int)(await master.WaitForStartAsync("a")).Number("pid")!;

        proxy.Cut();
        _ = await node2.AskAsync("config", new { pools = new { p = new { slots = 1 } } });
        _ = await master.WaitForJobAsync("a", job => job.Text("node") is "node2" && job.Text("state") is "running");
        Signal.IsAlive(pid).Should().BeTrue("its node has not received the change");
        proxy.Heal();

        await Wait.Until(
            () => !Signal.IsAlive(pid), () => $"process {pid} of the stale copy is alive", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        var job = await master.WaitForEndAsync("a");
        (job.Text("state"), job.Printed(), job.Number("start_count"), job.Number("fail_count")).Should().Be(("done", "node2\n", 2, 1));
        foreach (var box in new[] { node1, node2, head })
            (await box.WaitForEndAsync("a")).Text("node").Should().Be("node2");
    }
}
