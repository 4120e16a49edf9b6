using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>Expire and update (docs/SPECIFICATION.md#expiry).</summary>
public sealed class ExpiryTests(ExpiryTests.Forgetful shared) : IClassFixture<ExpiryTests.Forgetful>
{
    private RunningBox Box => shared.Box;

    [Fact]
    public async Task An_ended_job_leaves_the_state_after_the_expiry_and_a_new_one_stays()
    {
        var waiting = (await Box.SubmitAsync(new { pool = "nowhere", args = Some.True })).Text("id");
        var running = (await Box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");

        var done = await Box.RunAsync(new { pool = "p", args = Some.True });
        _ = await Box.WaitForAsync(() => Box.JobAsync(done.Text("id")), job => job.ToString() is "False");
        var left = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

        (left - done.Number("ts")).Should().BeGreaterThanOrEqualTo(0.39);
        (await Box.JobAsync(waiting)).Text("state").Should().Be("new");
        (await Box.JobAsync(running)).Text("state").Should().Be("running");

        using var slow = await Box.ConnectAsync();
        var changes = $$$"""[{"get":{"seq":{{{done.Number("seq") - 1}}}},"wait":60}]""";
        (await slow.AskAsync(changes))[0].GetProperty("get").GetProperty(done.Text("id")).Text("state")
            .Should().Be("done", "a reader that was slow learns of the end (docs/SPECIFICATION.md#tombstones)");
    }

    [Fact]
    public async Task Queries_of_waiting_jobs_do_not_delay_the_expiry_of_an_ended_one()
    {
        var tag = Some.Id();
        for (var i = 0; i < 20; i++)
            _ = await Box.SubmitAsync(new { pool = "p", args = Some.True, tags = new[] { tag } });

        var left = await Box.WaitForAsync(() => Box.AskAsync("ls", new { tag }), jobs => jobs.GetArrayLength() is 0);

        left.GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_pool_reports_each_of_its_live_jobs_every_update_seconds_to_a_head_without_leases()
    {
        var id = (await Box.SubmitAsync(new { pool = "reporting", args = Some.Sleep })).Text("id");
        var started = await Box.WaitForStartAsync(id);
        using var head = await Box.ConnectAsync();
        _ = await head.AskAsync("""[{"sync":{},"get":{"seq":0}}]""");

        var first = await NextAsync(started);
        var second = await NextAsync(first);

        (second.Number("ts") - first.Number("ts")).Should().BeGreaterThan(0.05);

        // Without 'stamps', the time of the answer is shown.
        Task<JsonElement> NextAsync(JsonElement before) => Box.WaitForAsync(
            async () => (await Box.AskObjectAsync(new { job = id, options = new { stamps = true } })).GetProperty("job"),
            job => job.Number("seq") > before.Number("seq"));
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

    /// <summary>A box that removes ended jobs soon, with a pool that reports its live jobs often.</summary>
    public sealed class Forgetful() : BoxFixture("state.expire=0.4", "pools.p.slots=0", "pools.reporting.update=0.1");
}
