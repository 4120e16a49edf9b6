using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>SPEC.md §4 and §7: a node dies with its jobs; they are failed as expired, and go where their submitter wanted them to.</summary>
public sealed class NodeLossTests
{
    // A dead node is offline before its jobs expire, so that none is given to it again.
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
    public async Task A_job_at_work_does_not_expire_while_its_node_lives()
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
        var node1 = await tree.StartAsync("node1", [.. Quick, "pools.p.slots=0", $"state.file={folder.File("state")}", "state.checkpoint=0.1"]);
        var head = await tree.StartAsync("head", [.. Quick, Tree.Link("node1", node1.Port)]);
        var master = await tree.StartAsync("master", [.. Quick, Tree.Link("head", head.Port)]);
        await master.WaitForPoolAsync("p", "node1");
        _ = await master.SubmitAsync(new { id = "free", pool = "p", args, retries = 1 });
        _ = await master.SubmitAsync(new { id = "pinned", pool = "p", node = "node1", args, retries = 1 });
        _ = await master.AskAsync("submit", new { id = "list", pool = "p", node = new[] { "node2", "node1" }, args, retries = 1 });
        foreach (var id in marks)
            _ = await master.WaitForStartAsync(id);
        var node2 = await tree.StartAsync("node2", [.. Quick, "pools.p.slots=0"]);
        _ = await head.AskAsync("config", new { nodes = new { node2 = new { address = "127.0.0.1", port = node2.Port } } });
        await master.WaitForPoolAsync("p", "node1", "node2");
        _ = await master.WaitForStartAsync("list.node2");

        await node1.CrashAsync();

        foreach (var id in new[] { "free", "list.node1" })
        {
            var job = await master.WaitForJobAsync(id, job => job.Text("state") is "running" && job.Number("start_count") is 2);
            (job.Text("node"), job.Number("fail_count")).Should().Be(("node2", 1), id);
        }

        var waiting = await master.WaitForJobAsync("pinned", job => job.Text("state") is "new");
        (waiting.Text("node"), waiting.Number("fail_count"), waiting.Text("error")).Should().Be(("node1", 1, "expired"));

        // With its state, so that what its earlier life has left behind is ended first.
        _ = await tree.StartAsync(
            "node1", [.. Quick, "pools.p.slots=0", $"listen.port={node1.Port}", $"state.file={folder.File("state")}"]);
        var again = await master.WaitForJobAsync("pinned", job => job.Text("state") is "running");
        again.Text("node").Should().Be("node1");
        (await File.ReadAllLinesAsync(folder.File("runs"), TestContext.Current.CancellationToken)).Should().BeEquivalentTo(
            "node1 free", "node1 pinned", "node1 list.node1", "node2 list.node2", "node2 free", "node2 list.node1", "node1 pinned");
    }
}
