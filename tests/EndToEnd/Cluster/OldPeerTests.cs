using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Legacy nodes above and below a box (docs/SPECIFICATION.md#old-peers).</summary>
[Collection(nameof(SmallTree))]
public sealed class OldPeerTests(SmallTree tree, OldPeerTests.HeadBox shared) : IClassFixture<OldPeerTests.HeadBox>
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);
    private static readonly string[] NeededKeys =
        ["ts", "seq", "state", "node", "submit_node", "submit_ts", "start_count", "fail_count", "pool", "args", "tags"];

    private readonly string _old = Some.Id().Replace("job", "old", StringComparison.Ordinal);
    private readonly string _id = Some.Id();

    private RunningBox Head => shared.Box;

    [Fact]
    public async Task The_simulated_legacy_node_replies_as_the_recorded_node()
    {
        await using var peer = OldPeer.Start("node1", new() { ["p1"] = 2, ["p2"] = 0 });
        var lines = Recording.HeadToNode.Lines;

        for (var i = 0; i + 1 < lines.Count; i += 2)
        {
            var answer = JsonElement.Parse(peer.Answer(lines[i].Text))[0];
            var recorded = lines[i + 1].Json!.Value[0];

            answer.Keys().Should().Equal(recorded.Keys(), $"at {lines[i].T} s");
            answer.Texts("sync").Should().Equal(recorded.Texts("sync"), $"at {lines[i].T} s");
            if (recorded.Find("nodes")?.GetProperty("node1") is { } node)
                answer.GetProperty("nodes").GetProperty("node1").Keys().Should().Equal(node.Keys());

            // The changes that the recorded node made before its next reply.
            foreach (var job in recorded.GetProperty("get").EnumerateObject())
                peer.Recall(job.Value);
        }
    }

    [Fact]
    public async Task A_job_reaches_a_legacy_node_complete_and_its_result_is_accepted()
    {
        await using var peer = OldPeer.Start(_old, new() { [_old] = 2 });
        await LinkAsync(peer, refresh: 0.1, poll: 0.3);
        await Head.WaitForPoolAsync(_old, _old);
        await Head.WaitForLogAsync($"up: {_old} at 127.0.0.1:{peer.Port} (a legacy node)");

        _ = await Head.SubmitAsync(new { id = _id, pool = _old, args = Some.True });

        var there = await Head.WaitForAsync(() => Task.FromResult(peer.Jobs), jobs => jobs.ContainsKey(_id));
        there[_id].Keys().Should().Contain(NeededKeys);
        there[_id].GetProperty("tags").ValueKind.Should().Be(JsonValueKind.Array);
        (there[_id].Text("node"), there[_id].Text("submit_node"), there[_id].Text("state")).Should().Be((_old, "head", "new"));
        peer.Change(_id, """{"state":"running","active":true,"start_ts":1.5,"pid":77,"start_count":1}""");
        (await Head.WaitForStartAsync(_id)).Number("pid").Should().Be(77);
        (await Head.AskAsync("pools", new { })).GetProperty(_old).Number(_old).Should().Be(1, "a slot is taken");
        peer.Change(_id, """{"state":"done","active":false,"pid":null,"end_ts":2.5,"rc":0,"stdout_data":"aGVsbG8K","tags":[null]}""");
        var done = await Head.WaitForEndAsync(_id);
        (done.Text("state"), done.Number("rc"), done.Printed(), done.Texts("tags").Length).Should().Be(("done", 0, "hello\n", 0));
    }

    [Fact]
    public async Task The_end_of_a_job_is_found_on_a_legacy_node_that_has_reset_its_seq()
    {
        await using var peer = OldPeer.Start(_old, new() { [_old] = 2 });
        var stored = Some.Id();
        peer.Recall(JsonElement.Parse($$"""
            {"id":"{{stored}}","pool":"p","args":["x"],"tags":[],"node":"{{_old}}","submit_node":"{{_old}}","state":"done",
             "active":false,"ts":1,"submit_ts":1,"start_count":1,"fail_count":0,"seq":1000}
            """));
        await LinkAsync(peer, refresh: 0.05, poll: 0.3);
        _ = await Head.WaitForJobAsync(stored, job => job.Text("state") is "done");
        peer.ResetSeq();

        _ = await Head.SubmitAsync(new { id = _id, pool = _old, args = Some.True });
        _ = await Head.WaitForAsync(() => Task.FromResult(peer.Jobs), jobs => jobs.ContainsKey(_id));
        peer.Change(_id, """{"state":"running","active":true,"start_ts":1.5,"pid":77,"start_count":1}""");
        _ = await Head.WaitForStartAsync(_id);
        peer.Change(_id, """{"state":"done","active":false,"pid":null,"end_ts":2.5,"rc":0}""");

        (await Head.WaitForEndAsync(_id)).Text("state").Should().Be("done");
        _ = await Head.WaitForAsync(
            () => Task.FromResult(peer.Heard[^1]), line => !line.Contains("\"ids\"") && line.Contains("\"nodes\""));
    }

    [Fact]
    public async Task A_legacy_node_is_polled_like_the_recorded_head_and_not_more_often()
    {
        await using var peer = OldPeer.Start(_old, new() { [_old] = 2 });
        await LinkAsync(peer, refresh: 0.2, poll: 0.6);

        var lines = await Head.WaitForAsync(() => Task.FromResult(peer.Heard), heard => heard.Count >= 12);

        foreach (var request in lines.Skip(1).Select(line => JsonElement.Parse(line)[0]))
        {
            request.Keys().Take(2).Should().Equal("sync", "get");
            request.GetProperty("get").Keys().Should().Equal("seq");
        }

        lines.Count(line => line.Contains("\"nodes\"")).Should().BeInRange(3, 6, "every third poll requests them");
        Head.Log.Lines.Should().NotContain(line => line.StartsWith($"WARNING head.Link.{_old}: "));
    }

    [Fact]
    public async Task A_kill_reaches_a_legacy_node_and_ends_with_its_report()
    {
        await using var peer = OldPeer.Start(_old, new() { [_old] = 2 });
        await LinkAsync(peer, refresh: 0.1, poll: 10);
        await Head.WaitForPoolAsync(_old, _old);
        _ = await Head.SubmitAsync(new { id = _id, pool = _old, args = Some.Sleep });
        _ = await Head.WaitForAsync(() => Task.FromResult(peer.Jobs), jobs => jobs.ContainsKey(_id));
        peer.Change(_id, """{"state":"running","active":true,"start_ts":1.5,"pid":77,"start_count":1}""");
        _ = await Head.WaitForStartAsync(_id);

        (await Head.AskAsync("kill", _id)).Flag("active").Should().BeTrue();

        _ = await Head.WaitForAsync(
            () => Task.FromResult(peer.Jobs), jobs => jobs[_id].Text("state") is "killed" && jobs[_id].Flag("active"));
        peer.Change(_id, """{"active":false,"pid":null,"rc":-9,"end_ts":2.5}""");
        (await Head.WaitForEndAsync(_id)).Number("rc").Should().Be(-9);
    }

    [Fact]
    public async Task With_use_loadavg_the_node_with_the_lowest_load_gets_the_job()
    {
        var (pool, busyNode, lazyNode) = (Some.Id(), $"{_old}.busy", $"{_old}.lazy");
        await using var busy = OldPeer.Start(busyNode, new() { [pool] = 100 }, loadavg: 5);
        await using var lazy = OldPeer.Start(lazyNode, new() { [pool] = 1 }, loadavg: 0.25);
        _ = await Head.AskAsync("config", new
        {
            nodes = new Dictionary<string, object>
            {
                [busyNode] = new { address = "127.0.0.1", port = busy.Port },
                [lazyNode] = new { address = "127.0.0.1", port = lazy.Port },
            },
        });
        await Head.WaitForPoolAsync(pool, busyNode, lazyNode);

        (await Head.SubmitAsync(new { pool, args = Some.True })).Text("node").Should().Be(lazyNode);
        (await Head.SubmitAsync(new { pool, args = Some.True })).Text("node").Should().Be(busyNode, "the other one has no slot left");
    }

    [Fact]
    public async Task A_legacy_head_receives_the_jobs_and_nodes_that_it_expects()
    {
        var (head, a, b) = (tree.Head, Some.Id(), Some.Id());
        await using var old = OldPeer.Start("old");
        old.Link(head.Port, Refresh);

        var nodes = await head.WaitForAsync(() => Task.FromResult(old.Nodes), nodes => nodes.ContainsKey("node2"));

        // Other tests link further nodes.
        nodes["head"].Texts("routing").Should().Contain(["head", "node1", "node2"]);
        nodes["node2"].GetProperty("pools").GetRawText().Should().Be("""{"p":true,"wide":3,"four":4,"other":1}""");
        nodes["node2"].Keys().Should().Contain(["online", "ts", "loadavg", "routing", "pools"]);

        old.Change(a, Job("node2", "p", "/bin/echo", "hello"));
        var done = (await head.WaitForAsync(() => Task.FromResult(old.Jobs), jobs => jobs[a].Text("state") is "done"))[a];
        (done.Number("rc"), done.Flag("active"), done.Printed(), done.Number("start_count")).Should().Be((0, false, "hello\n", 1));
        done.Keys().Should().Contain(NeededKeys);

        old.Change(b, Job("node2", "p", "/bin/sleep", "1000"));
        _ = await head.WaitForAsync(() => Task.FromResult(old.Jobs), jobs => jobs[b].Text("state") is "running");
        old.Change(b, """{"state":"killed"}""");
        var jobs = await head.WaitForAsync(
            () => Task.FromResult(old.Jobs), jobs => jobs[b].Text("state") is "killed" && !jobs[b].Flag("active"));
        jobs[b].Number("rc").Should().Be(-9);
        old.LastAnswer.Should().StartWith(["sync", "get"]);
    }

    [Fact]
    public async Task A_legacy_head_that_changes_an_outdated_copy_receives_the_end_of_the_job()
    {
        var head = tree.Head;
        await using var old = OldPeer.Start("old");
        old.Link(head.Port, Refresh);
        _ = await head.WaitForAsync(() => Task.FromResult(old.Nodes), nodes => nodes.ContainsKey("node2"));
        old.Change(_id, Job("node2", "p", "/bin/echo", "hello"));
        _ = await head.WaitForAsync(() => Task.FromResult(old.Jobs), jobs => jobs[_id].Text("state") is "done");

        // An outdated copy without a change of the spec. Only a copy with a later stamp replaces it.
        old.Change(_id, """{"state":"running","active":true,"rc":null,"end_ts":null}""");

        var a = (await head.WaitForAsync(() => Task.FromResult(old.Jobs), jobs => jobs[_id].Text("state") is "done"))[_id];
        (a.Number("rc"), a.Flag("active"), a.Number("start_count")).Should().Be((0, false, 1));
    }

    [Fact]
    public async Task A_legacy_head_between_two_boxes_forwards_jobs_and_updates()
    {
        await using var old = OldPeer.Start(_old);
        old.Link(tree.Node1.Port, Refresh);
        await LinkAsync(old, refresh: 0.1, poll: 0.1);
        await Head.WaitForPoolAsync("p", "node1");

        var job = await Head.RunAsync(
            new { pool = "p", args = Some.Shell("echo $HAVE"), env = new { HAVE = "it" }, tags = new[] { "t" } });

        (job.Text("state"), job.Text("node"), job.Printed(), job.Number("start_count")).Should().Be(("done", "node1", "it\n", 1));
        job.Texts("tags").Should().Equal("t");
    }

    private async Task LinkAsync(OldPeer peer, double refresh, double poll) => _ = await Head.AskAsync("config", new
    {
        nodes = new Dictionary<string, object> { [_old] = new { address = "127.0.0.1", port = peer.Port, refresh, poll } },
    });

    // A job that was submitted at a legacy head, as that head sends it.
    private static string Job(string node, string pool, params string[] args) => JsonSerializer.Serialize(new
    {
        submit_ts = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0,
        node,
        submit_node = "old",
        state = "new",
        start_count = 0,
        fail_count = 0,
        pool,
        args,
        tags = new string?[] { null },
    });

    /// <summary>A head to which each test links a legacy node of its own, with a pool of the same name.</summary>
    public sealed class HeadBox() : BoxFixture("name=head", "state.expire=600", "use_loadavg=true");
}
