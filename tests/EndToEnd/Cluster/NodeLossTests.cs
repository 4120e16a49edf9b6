using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A node ends with its jobs, which fail as expired and are retried as their submitter specified
/// (docs/SPECIFICATION.md#retry-after-expiry).
/// </summary>
public sealed class NodeLossTests(NodeLossTests.Heads heads) : IClassFixture<NodeLossTests.Heads>
{
    // A dead node is offline before its jobs expire, so that it receives none of them again.
    private static readonly string[] Quick = ["defaults.poll=0.2", "state.timeout=1", "state.expire=2", "defaults.update=0.3"];

    private RunningBox Master => heads.Master;

    private RunningBox Head => heads.Head;

    [Fact]
    public async Task A_running_job_does_not_expire_while_its_node_is_online()
    {
        await Master.WaitForPoolAsync("steady", "head");

        // Longer than an expiry.
        var job = await Master.RunAsync(new { pool = "steady", args = Some.Shell("sleep 3") });

        (job.Text("state"), job.Number("start_count")).Should().Be(("done", 1));
    }

    [Fact]
    public async Task A_job_on_a_legacy_node_expires_only_after_that_node_went_offline()
    {
        await using var peer = OldPeer.Start("old", new() { ["legacy"] = 2 });
        var link = new { address = "127.0.0.1", port = peer.Port, refresh = 0.1, poll = 0.1 };
        _ = await Head.AskAsync("config", new { nodes = new { old = link } });
        await Head.WaitForPoolAsync("legacy", "old");
        _ = await Head.SubmitAsync(new { id = "there", pool = "legacy", args = Some.Sleep });
        _ = await Head.WaitForAsync(() => Task.FromResult(peer.Jobs), jobs => jobs.ContainsKey("there"));
        peer.Change("there", """{"state":"running","active":true,"start_ts":1.5,"pid":77,"start_count":1}""");
        _ = await Head.WaitForStartAsync("there");
        var polls = peer.Heard.Count;
        _ = await Head.WaitForAsync(
            () => Task.FromResult(peer.Heard.Count), heard => heard > polls + 40, "four seconds of polls, twice state.expire");
        (await Head.JobAsync("there")).Text("state").Should().Be("running");

        await peer.DisposeAsync();

        (await Head.WaitForEndAsync("there")).Text("error").Should().Be("expired");
        (await Head.AskAsync("nodes", new { })).GetProperty("old").Flag("online").Should().BeFalse();
    }

    [Fact]
    public async Task The_jobs_of_a_dead_node_fail_as_expired_it_goes_offline_and_retries_go_to_the_rest_the_list_or_wait()
    {
        using var folder = new TemporaryFolder();
        string[] args = Some.Shell("echo $MEESEEKS_NODE $MEESEEKS_JOB_ID >> \"$0\"; exec sleep \"$1\"", folder.File("runs"), "1000");
        string[] marks = ["free", "pinned", "list.node1", "once"];
        await using var node1 = await StartBelowHeadAsync("node1", "pools.p.slots=0", "pools.dying.slots=0");
        await Master.WaitForPoolAsync("dying", "node1");
        await Master.WaitForPoolAsync("p", "node1");
        _ = await Master.SubmitAsync(new { id = "free", pool = "p", args, retries = 1 });
        _ = await Master.SubmitAsync(new { id = "pinned", pool = "p", node = "node1", args, retries = 1 });
        _ = await Master.AskAsync("submit", new { id = "list", pool = "p", node = new[] { "node2", "node1" }, args, retries = 1 });
        _ = await Master.SubmitAsync(new { id = "once", pool = "dying", args = Some.Sleep });
        var pids = new List<int>();
        foreach (var id in marks)
            pids.Add((int)(await Master.WaitForStartAsync(id)).Number("pid")!);
        await using var node2 = await StartBelowHeadAsync("node2", "pools.p.slots=0");
        await Master.WaitForPoolAsync("p", "node1", "node2");
        _ = await Master.WaitForStartAsync("list.node2");

        await node1.CrashAsync();
        pids.ForEach(pid => Signal.Send(pid, Signal.Terminate));

        var once = await Master.WaitForEndAsync("once");
        (once.Text("state"), once.Text("error"), once.Number("fail_count")).Should().Be(("failed", "expired", 1));
        await Master.WaitForOnlineAsync("node1", isOnline: false);
        await Master.WaitForOnlineAsync("head", isOnline: true);
        await Master.WaitForPoolAsync("dying");
        foreach (var id in new[] { "free", "list.node1" })
        {
            var job = await Master.WaitForJobAsync(id, job => job.Text("state") is "running" && job.Number("start_count") is 2);
            (job.Text("node"), job.Number("fail_count")).Should().Be(("node2", 1), id);
        }

        var waiting = await Master.WaitForJobAsync("pinned", job => job.Text("state") is "new");
        (waiting.Text("node"), waiting.Number("fail_count"), waiting.Text("error")).Should().Be(("node1", 1, "expired"));

        await using var node = await RunningBox.StartAsync([.. Quick, "name=node1", "pools.p.slots=0", $"listen.port={node1.Port}"]);
        var again = await Master.WaitForJobAsync("pinned", job => job.Text("state") is "running");
        again.Text("node").Should().Be("node1");
        (await File.ReadAllLinesAsync(folder.File("runs"), TestContext.Current.CancellationToken)).Should().BeEquivalentTo(
            "node1 free", "node1 pinned", "node1 list.node1", "node2 list.node2", "node2 free", "node2 list.node1", "node1 pinned");
    }

    [Fact]
    public async Task After_a_partition_one_result_is_left_and_the_stale_copy_is_killed()
    {
        using var folder = new TemporaryFolder();
        var go = folder.File("go");
        await using var cut = await RunningBox.StartAsync([.. Quick, "name=cut", "pools.part.slots=1"]);
        await using var proxy = Proxy.Before(cut.Port);
        await LinkBelowHeadAsync("cut", proxy.Port);
        await using var other = await StartBelowHeadAsync("other");
        await Master.WaitForPoolAsync("part", "cut");
        await Master.WaitForOnlineAsync("other", isOnline: true);
        _ = await Master.SubmitAsync(
            new
            {
                id = "a",
                pool = "part",
                retries = 3,
                args = Some.Shell("until [ -e \"$0\" ]; do sleep 0.05; done; echo $MEESEEKS_NODE", go),
            });
        var pid = (int)(await Master.WaitForStartAsync("a")).Number("pid")!;

        proxy.Cut();
        _ = await other.AskAsync("config", new { pools = new { part = new { slots = 1 } } });
        _ = await Master.WaitForJobAsync("a", job => job.Text("node") is "other" && job.Text("state") is "running");
        Signal.IsAlive(pid).Should().BeTrue("its node has not received the change");
        proxy.Heal();

        await Wait.Until(
            () => !Signal.IsAlive(pid), () => $"process {pid} of the stale copy is alive", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        var job = await Master.WaitForEndAsync("a");
        (job.Text("state"), job.Printed(), job.Number("start_count"), job.Number("fail_count")).Should().Be(("done", "other\n", 2, 1));
        foreach (var box in new[] { cut, other, Head })
            (await box.WaitForEndAsync("a")).Text("node").Should().Be("other");
    }

    private async Task<RunningBox> StartBelowHeadAsync(string name, params string[] words)
    {
        var box = await RunningBox.StartAsync([.. Quick, $"name={name}", .. words]);
        await LinkBelowHeadAsync(name, box.Port);
        return box;
    }

    private async Task LinkBelowHeadAsync(string name, int port) => _ = await Head.AskAsync(
        "config", new { nodes = new Dictionary<string, object> { [name] = new { address = "127.0.0.1", port } } });

    /// <summary>A master and a head, below which each test links nodes of its own.</summary>
    public sealed class Heads : IAsyncLifetime
    {
        private readonly Tree _tree = new();

        /// <summary>The master.</summary>
        public RunningBox Master { get; private set; } = null!;

        /// <summary>The head.</summary>
        public RunningBox Head { get; private set; } = null!;

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            Head = await _tree.StartAsync("head", [.. Quick, "pools.steady.slots=0"]);
            Master = await _tree.StartAsync("master", [.. Quick, Tree.Link("head", Head.Port)]);
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => _tree.DisposeAsync();
    }
}
