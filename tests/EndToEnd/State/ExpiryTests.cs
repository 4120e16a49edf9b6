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
    public async Task A_pool_touches_each_of_its_live_jobs_every_update_seconds()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0", "pools.p.update=0.1");
        var id = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var started = await box.WaitForStartAsync(id);

        var touched = await box.WaitForJobAsync(id, job => job.Number("ts") > started.Number("ts"));

        (touched.Number("ts") - started.Number("ts")).Should().BeGreaterThan(0.09);
        touched.Number("seq").Should().BeGreaterThan(started.Number("seq")!.Value);
    }
}
