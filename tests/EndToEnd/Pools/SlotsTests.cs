using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Pools;

/// <summary>Slots, hold, drain, and the order of jobs (docs/SPECIFICATION.md#pools).</summary>
public sealed class SlotsTests(SlotsBoxes boxes) : IClassFixture<SlotsBoxes>
{
    private RunningBox Box => boxes.Unassigning;

    private RunningBox Queueing => boxes.Queueing;

    [Fact]
    public async Task Never_more_jobs_than_slots_run_at_once()
    {
        using var folder = new TemporaryFolder();
        var log = folder.File("log");

        // The first one runs until the second one does.
        const string script = """echo + >>"$0"; until [ "$(grep -c + "$0")" -gt 1 ]; do sleep 0.01; done; sleep 0.03; echo - >>"$0" """;
        for (var i = 0; i < 12; i++)
            _ = await Queueing.SubmitAsync(new { pool = "two", args = Some.Shell(script, log) });
        await WaitForCountAsync(Queueing, "two", "done", 12);
        var running = 0;
        var most = File.ReadLines(log).Max(line => running += line is "+" ? 1 : -1);

        most.Should().Be(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pool_starts_its_jobs_in_the_order_of_their_submission(bool waitInPool)
    {
        using var folder = new TemporaryFolder();
        var log = folder.File("log");
        var box = waitInPool ? Queueing : Box;
        _ = await box.SubmitAsync(
            new { id = "first", pool = "ordered", args = Some.Shell("while ! test -e \"$0\"; do sleep 0.01; done", folder.File("go")) });
        _ = await box.WaitForStartAsync("first");

        for (var i = 0; i < 10; i++)
            _ = await box.SubmitAsync(new { id = $"{9 - i}", pool = "ordered", args = Some.Shell("echo $MEESEEKS_JOB_ID >>\"$0\"", log) });
        _ = await box.SubmitAsync(new { id = "5", tags = new[] { "changed" } });
        _ = folder.Write("go", "");
        await WaitForCountAsync(box, "ordered", "done", 11);

        File.ReadAllLines(log).Should().Equal("9", "8", "7", "6", "5", "4", "3", "2", "1", "0");
    }

    [Fact]
    public async Task Without_a_limit_all_run_at_once()
    {
        for (var i = 0; i < 20; i++)
            _ = await Box.SubmitAsync(new { pool = "unlimited", args = Some.Sleep });

        await WaitForCountAsync(Box, "unlimited", "running", 20);
    }

    [Theory]
    [InlineData("negative", """{"slots":-1}""")]
    [InlineData("draining", """{"drain":true}""")]
    public async Task A_draining_pool_accepts_no_jobs_even_with_wait_in_pool_and_running_jobs_go_on(string pool, string drain)
    {
        var running = (await Queueing.SubmitAsync(new { pool, args = Some.Sleep })).Text("id");
        var queued = (await Queueing.SubmitAsync(new { pool, args = Some.True })).Text("id");
        _ = await Queueing.WaitForStartAsync(running);

        await ConfigureAsync(Queueing, pool, drain);
        var later = await Queueing.SubmitAsync(new { pool, args = Some.True });
        _ = await Queueing.AskAsync("kill", running);
        _ = await Queueing.WaitForEndAsync(running);

        later.GetProperty("node").ToString().Should().Be("False");
        (await Queueing.JobAsync(queued)).Text("state").Should().Be("new");
        (await FreeSlotsAsync(Queueing, pool)).Should().Be("""{"n1":0}""");
        await ConfigureAsync(Queueing, pool, """{"slots":1,"drain":false}""");
        (await Queueing.WaitForEndAsync(later.Text("id"))).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_pool_on_hold_queues_jobs_and_starts_none_until_it_is_released()
    {
        var first = await Queueing.SubmitAsync(new { pool = "held", args = Some.True });
        var second = await Queueing.SubmitAsync(new { pool = "held", args = Some.True });

        await ConfigureAsync(Queueing, "held", """{"hold":false}""");

        first.Flag("active").Should().BeTrue();
        second.Text("node").Should().Be("n1");
        (await Queueing.WaitForEndAsync(first.Text("id"))).Text("state").Should().Be("done");
        (await Queueing.WaitForEndAsync(second.Text("id"))).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_job_with_no_free_slot_stays_unassigned_and_gets_the_next_one_that_is_free()
    {
        var first = (await Box.SubmitAsync(new { pool = "full", args = Some.Sleep })).Text("id");
        _ = await Box.WaitForStartAsync(first);

        var second = await Box.SubmitAsync(new { pool = "full", args = Some.True });
        _ = await Box.AskAsync("kill", first);
        var done = await Box.WaitForEndAsync(second.Text("id"));

        second.GetProperty("node").ToString().Should().Be("False");
        second.Text("submit_node").Should().Be("n1");
        done.Text("state").Should().Be("done");
        done.Text("node").Should().Be("n1");
    }

    [Fact]
    public async Task With_wait_in_pool_it_waits_in_the_pool()
    {
        _ = await Queueing.WaitForStartAsync((await Queueing.SubmitAsync(new { pool = "full", args = Some.Sleep })).Text("id"));

        var second = await Queueing.SubmitAsync(new { pool = "full", args = Some.True });

        second.Text("node").Should().Be("n1");
        second.Text("state").Should().Be("new");
        second.Flag("active").Should().BeTrue();
    }

    [Fact]
    public async Task More_slots_start_more_jobs_at_once()
    {
        for (var i = 0; i < 3; i++)
            _ = await Box.SubmitAsync(new { pool = "growing", args = Some.Sleep });
        await WaitForCountAsync(Box, "growing", "running", 1);

        await ConfigureAsync(Box, "growing", """{"slots":3}""");

        await WaitForCountAsync(Box, "growing", "running", 3);
        (await FreeSlotsAsync(Box, "growing")).Should().Be("""{"n1":0}""");
    }

    [Fact]
    public async Task A_burst_of_200_jobs_on_2_slots_finishes_without_a_pause_between_them()
    {
        using var connection = await Box.ConnectAsync();
        var begin = Stopwatch.GetTimestamp();

        await connection.SendAsync(string.Concat(Enumerable.Repeat("""[{"submit":{"pool":"burst","args":["/bin/true"]}}]""" + "\n", 200)));
        for (var i = 0; i < 200; i++)
            _ = await connection.ReadAnswerAsync();
        await WaitForCountAsync(Box, "burst", "done", 200);

        // A wait of one second for each pair would add up to 100 s.
        Stopwatch.GetElapsedTime(begin).TotalSeconds.Should().BeLessThan(15);
    }

    [Fact]
    public async Task No_step_from_submit_to_done_waits_for_a_second()
    {
        var times = new List<TimeSpan>();

        for (var i = 0; i < 5; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            _ = await Box.RunAsync(new { pool = "single", args = Some.True });
            times.Add(Stopwatch.GetElapsedTime(begin));
        }

        // The fastest run, because other tests run too. A pause of a second would be in each.
        times.Min().Should().BeLessThan(TimeSpan.FromMilliseconds(500));
    }
    private static async Task WaitForCountAsync(RunningBox box, string pool, string state, int count) => _ = await box.WaitForAsync(
        () => box.AskAsync("ls", new { pool, state }), jobs => jobs.GetArrayLength() == count, $"{count} jobs in {pool} are {state}");

    private static async Task ConfigureAsync(RunningBox box, string pool, string settings) => _ = await box.AskAsync(
        "config", new { pools = new Dictionary<string, JsonElement> { [pool] = JsonElement.Parse(settings) } });

    private static async Task<string> FreeSlotsAsync(RunningBox box, string pool) =>
        (await box.AskAsync("pools", new { })).GetProperty(pool).GetRawText();
}
