using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>The placement of jobs in a tree (docs/SPECIFICATION.md#placement).</summary>
[Collection(nameof(SmallTree))]
public sealed class TreeRoutingTests(SmallTree tree)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private RunningBox Master => tree.Master;

    [Fact]
    public async Task A_job_waits_unassigned_at_the_top_and_starts_when_a_slot_is_free()
    {
        var first = await SubmitAndStartAsync(Master, "one");
        var second = (await Master.SubmitAsync(new { pool = "one", args = Some.True })).Text("id");
        (await Master.JobAsync(second)).IsUnassigned().Should().BeTrue();
        (await tree.Head.JobAsync(second)).ValueKind.Should().Be(JsonValueKind.False, "a job without a node does not spread");

        _ = await Master.AskAsync("kill", first);

        var started = (await Master.WaitForEndAsync(second)).Number("start_ts");
        (started - (await Master.JobAsync(first)).Number("end_ts")).Should().BeLessThan(Soon.TotalSeconds);
    }

    [Fact]
    public async Task A_burst_is_spread_and_no_slot_is_given_twice()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("go");
        var script = "until [ -e \"$0\" ]; do sleep 0.05; done";
        for (var i = 0; i < 8; i++)
            _ = await Master.SubmitAsync(new { id = $"burst{i}", pool = "wide", args = Some.Shell(script, file) });

        var jobs = await Master.WaitForAsync(
            async () => (await Master.AskAsync("get", new { pool = "wide" })).EnumerateObject().Select(job => job.Value).ToArray(),
            all => all.Count(job => job.Text("state") is "running") is 6);

        jobs.Where(job => job.Text("state") is "running").GroupBy(job => job.Text("node")).Should().OnlyContain(node => node.Count() == 3);
        jobs.Where(job => job.Text("state") is "new").Should().OnlyContain(job => job.IsUnassigned());
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        for (var i = 0; i < 8; i++)
            (await Master.WaitForEndAsync($"burst{i}")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_held_job_waits_at_the_top_until_it_may_run()
    {
        var id = (await Master.SubmitAsync(new { pool = "p", args = Some.True, hold = true })).Text("id");
        (await Master.JobAsync(id)).IsUnassigned().Should().BeTrue();

        _ = await Master.SubmitAsync(new { id, hold = false });

        (await Master.WaitForEndAsync(id)).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task With_wait_in_pool_a_job_goes_to_the_full_pool_and_waits_there()
    {
        var first = await SubmitAndStartAsync(tree.Patient, "other");

        var second = (await tree.Patient.SubmitAsync(new { pool = "other", args = Some.True })).Text("id");

        (await tree.Node2.WaitForJobAsync(second, job => job.Flag("active"))).Text("state").Should().Be("new");
        (await tree.Patient.JobAsync(second)).Text("node").Should().Be("node2");
        _ = await tree.Patient.AskAsync("kill", first);
        (await tree.Patient.WaitForEndAsync(second)).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_pool_added_at_the_bottom_is_used_by_the_top_and_a_draining_one_is_not()
    {
        var id = (await Master.SubmitAsync(new { pool = "fresh", args = Some.True })).Text("id");
        (await Master.JobAsync(id)).IsUnassigned().Should().BeTrue();

        _ = await tree.Node1.AskAsync("config", new { pools = new { fresh = new { slots = 1 } } });

        (await Master.WaitForEndAsync(id)).Text("node").Should().Be("node1");
        _ = await tree.Node1.AskAsync("config", new { pools = new { fresh = new { slots = -1 } } });
        await Master.WaitForAsync(
            () => Master.AskAsync("nodes", new { }), nodes => nodes.GetProperty("node1").GetProperty("pools").Number("fresh") is -1);
        (await Master.SubmitAsync(new { pool = "fresh", args = Some.True })).IsUnassigned().Should().BeTrue();
    }

    private static async Task<string> SubmitAndStartAsync(RunningBox box, string pool)
    {
        var id = (await box.SubmitAsync(new { pool, args = Some.Sleep })).Text("id");
        _ = await box.WaitForStartAsync(id);
        return id;
    }
}
