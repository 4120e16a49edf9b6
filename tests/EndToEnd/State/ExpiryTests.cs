using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>Expire and update (docs/SPECIFICATION.md#expiry).</summary>
public sealed class ExpiryTests
{
    [Fact]
    public async Task An_ended_job_leaves_the_state_after_the_expiry_and_a_new_one_stays()
    {
        await using var box = await RunningBox.StartAsync("state.expire=0.4", "pools.p.slots=0");
        var waiting = (await box.SubmitAsync(new { pool = "nowhere", args = Some.True })).Text("id");
        var running = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");

        var done = await box.RunAsync(new { pool = "p", args = Some.True });
        _ = await box.WaitForAsync(() => box.JobAsync(done.Text("id")), job => job.ToString() is "False");
        var left = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

        (left - done.Number("ts")).Should().BeGreaterThanOrEqualTo(0.39);
        (await box.JobAsync(waiting)).Text("state").Should().Be("new");
        (await box.JobAsync(running)).Text("state").Should().Be("running");

        using var slow = await box.ConnectAsync();
        var changes = $$$"""[{"get":{"seq":{{{done.Number("seq") - 1}}}},"wait":60}]""";
        (await slow.AskAsync(changes))[0].GetProperty("get").GetProperty(done.Text("id")).Text("state")
            .Should().Be("done", "a reader that was slow learns of the end (docs/SPECIFICATION.md#tombstones)");
    }

    [Fact]
    public async Task Queries_of_waiting_jobs_do_not_delay_the_expiry_of_an_ended_one()
    {
        await using var box = await RunningBox.StartAsync("state.expire=0.2", "pools.p.slots=0");
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
            ids.Add((await box.SubmitAsync(new { pool = "p", args = Some.True })).Text("id"));

        var left = await box.WaitForAsync(() => box.AskAsync("ls", new { }), jobs => jobs.GetArrayLength() is 0);

        left.GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_pool_reports_each_of_its_live_jobs_every_update_seconds_to_a_head_without_leases()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0", "pools.p.update=0.1");
        var id = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var started = await box.WaitForStartAsync(id);
        using var head = await box.ConnectAsync();
        _ = await head.AskAsync("""[{"sync":{},"get":{"seq":0}}]""");

        var first = await box.WaitForJobAsync(id, job => job.Number("seq") > started.Number("seq"));
        var second = await box.WaitForJobAsync(id, job => job.Number("seq") > first.Number("seq"));

        (second.Number("ts") - first.Number("ts")).Should().BeGreaterThan(0.05);
    }

    [Fact]
    public async Task A_live_job_is_not_written_again_for_a_head_that_accepts_leases()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0", "pools.p.update=0.01");
        var id = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var started = await box.WaitForStartAsync(id);
        using var head = await box.ConnectAsync();
        _ = await head.AskAsync("""[{"sync":{},"get":{"seq":0},"options":{"lease":true}}]""");

        var later = await box.WaitForJobAsync(id, job => job.Number("ts") > started.Number("ts") + 0.2);

        later.Number("seq").Should().Be(started.Number("seq"), "only the time of the report has changed");
    }
}
