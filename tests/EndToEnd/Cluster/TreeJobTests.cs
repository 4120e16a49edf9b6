using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// Submits, changes and kills at the top of a tree reach the bottom, and the status of jobs reaches the top
/// (docs/SPECIFICATION.md#sync).
/// </summary>
[Collection(nameof(SmallTree))]
public sealed class TreeJobTests(SmallTree tree)
{
    private RunningBox Master => tree.Master;

    [Fact]
    public async Task A_job_runs_at_the_bottom_and_its_result_and_output_come_up()
    {
        var job = await Master.RunAsync(new
        {
            pool = "p",
            args = Some.Shell("echo $MEESEEKS_NODE $MEESEEKS_SUBMIT_NODE; echo so >&2"),
            tags = new[] { "a", "b" },
        });

        job.Text("state").Should().Be("done", $"{job}");
        job.Text("node").Should().BeOneOf("node1", "node2");
        job.Text("submit_node").Should().Be("master", "it was the first to handle it");
        job.Printed().Should().Be($"{job.Text("node")} master\n");
        job.Printed("stderr").Should().Be("so\n");
        job.Texts("tags").Should().Equal("a", "b");
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_reach_the_bottom_and_come_up()
    {
        var id = Some.Id();
        _ = await Master.AskLineAsync($$$"""
            [{"submit":{"id":"{{{id}}}","pool":"p","args":["printf","%s","a\udcff"],"config":{"x":["\udcfe"]},"tags":["\udcfd"]} }]
            """.Trim());

        var job = await Master.WaitForEndAsync(id);

        Convert.FromBase64String(job.Text("stdout_data")).Should().Equal((byte)'a', 0xff);
        job.GetRawText().Should().ContainAll("a\\udcff", "{\"x\":[\"\\udcfe\"]}", "[\"\\udcfd\"]");
    }

    [Fact]
    public async Task A_pinned_job_runs_on_its_node_and_all_levels_report_the_same()
    {
        var job = await Master.RunAsync(new { pool = "p", node = "node2", args = Some.Shell("exit 3") });

        job.Text("state").Should().Be("failed");
        job.Number("rc").Should().Be(3);
        job.Text("submit_node").Should().Be("node2");
        foreach (var box in new[] { tree.Head, tree.Node2 })
            Shown(await box.JobAsync(job.Text("id"))).Should().Be(Shown(job));
        (await tree.Node1.JobAsync(job.Text("id"))).ValueKind.Should().Be(JsonValueKind.False);
    }

    [Fact]
    public async Task A_kill_at_the_top_reaches_the_process()
    {
        var id = (await Master.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (int)(await Master.WaitForStartAsync(id)).Number("pid")!;

        (await Master.AskAsync("kill", id)).Text("state").Should().Be("killed");

        var job = await Master.WaitForEndAsync(id);
        job.Text("state").Should().Be("killed");
        job.Number("rc").Should().Be(-9);
        Signal.IsAlive(pid).Should().BeFalse();
    }

    [Fact]
    public async Task A_change_at_the_top_reaches_the_node()
    {
        var id = Some.Id();
        _ = await Master.SubmitAsync(new { id, pool = "p", node = "node1", args = Some.True, hold = true });
        await tree.Node1.WaitForJobAsync(id, job => job.Flag("active"));

        _ = await Master.SubmitAsync(new { id, hold = false, tags = new[] { "later" } });

        (await Master.WaitForEndAsync(id)).Text("state").Should().Be("done");
        (await tree.Node1.JobAsync(id)).Texts("tags").Should().Equal("later");
    }

    [Fact]
    public async Task An_ended_job_restarted_at_the_top_runs_again()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("runs");
        var id = (await Master.RunAsync(new { pool = "p", args = Some.Shell("echo x >> \"$0\"", file) })).Text("id");

        _ = await Master.SubmitAsync(new { id, state = "new" });

        _ = await Master.WaitForFileAsync(file, text => text == "x\nx\n");
        _ = await Master.WaitForEndAsync(id);
    }

    [Fact]
    public async Task Retries_are_counted_where_the_job_runs_and_seen_at_the_top()
    {
        var job = await Master.RunAsync(new { pool = "p", args = Some.Shell("exit 1"), retries = 2 });

        (job.Text("state"), job.Number("start_count"), job.Number("fail_count")).Should().Be(("failed", 3, 3));
    }

    [Fact]
    public async Task A_pattern_gives_a_job_to_each_node_that_has_the_pool()
    {
        var id = Some.Id();

        var jobs = await Master.AskAsync("submit", new { id, pool = "p", node = "node*", args = Some.True });

        jobs.Keys().Should().BeEquivalentTo($"{id}.node1", $"{id}.node2");
        (await Master.WaitForEndAsync($"{id}.node1")).Text("node").Should().Be("node1");
        (await Master.WaitForEndAsync($"{id}.node2")).Text("node").Should().Be("node2");
        (await Master.AskAsync("submit", new { id = Some.Id(), pool = "other", node = "*", args = Some.True })).Keys()
            .Should().ContainSingle();
    }

    [Fact]
    public async Task A_list_gives_a_job_to_each_of_its_nodes()
    {
        var id = Some.Id();

        _ = await Master.AskAsync("submit", new { id, pool = "p", node = new[] { "node2", "node1" }, args = Some.True });

        (await Master.WaitForEndAsync($"{id}.node1")).Text("state").Should().Be("done");
        (await Master.WaitForEndAsync($"{id}.node2")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_pattern_that_no_node_matches_is_refused()
    {
        var answer = await Master.AskObjectAsync(new { submit = new { id = "nobody", pool = "p", node = "host*", args = Some.True } });

        answer.Text("code").Should().Be("refused", $"{answer}");
    }

    private static string Shown(JsonElement job) =>
        string.Join(
            ' ',
            new[] { "state", "node", "submit_node", "rc", "start_ts", "end_ts", "start_count", "fail_count", "args" }
                .Select(key => job.Find(key)?.GetRawText()));
}
