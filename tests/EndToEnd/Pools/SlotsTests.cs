using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Pools;

/// <summary>Slots, hold, drain, and the order of jobs (docs/SPECIFICATION.md#pools).</summary>
public sealed class SlotsTests
{
    [Fact]
    public async Task Never_more_jobs_than_slots_run_at_once()
    {
        using var folder = new TemporaryFolder();
        var log = folder.File("log");
        await using var box = await RunningBox.StartAsync("pools.p.slots=2", "wait_in_pool=true");

        for (var i = 0; i < 12; i++)
            _ = await box.SubmitAsync(new { pool = "p", args = Some.Shell("echo + >>\"$0\"; sleep 0.03; echo - >>\"$0\"", log) });
        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "done" }), jobs => jobs.GetArrayLength() is 12);
        var running = 0;
        var most = File.ReadLines(log).Max(line => running += line is "+" ? 1 : -1);

        most.Should().Be(2);
    }

    [Theory]
    [InlineData("wait_in_pool=true")]
    [InlineData("wait_in_pool=false")]
    public async Task A_pool_starts_its_jobs_in_the_order_of_their_submission(string waiting)
    {
        using var folder = new TemporaryFolder();
        var log = folder.File("log");
        await using var box = await RunningBox.StartAsync("pools.p.slots=1", waiting);
        _ = await box.SubmitAsync(
            new { id = "first", pool = "p", args = Some.Shell("while ! test -e \"$0\"; do sleep 0.01; done", folder.File("go")) });
        _ = await box.WaitForStartAsync("first");

        for (var i = 0; i < 10; i++)
            _ = await box.SubmitAsync(new { id = $"{9 - i}", pool = "p", args = Some.Shell("echo $MEESEEKS_JOB_ID >>\"$0\"", log) });
        _ = await box.SubmitAsync(new { id = "5", tags = new[] { "changed" } });
        _ = folder.Write("go", "");
        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "done" }), jobs => jobs.GetArrayLength() is 11);

        File.ReadAllLines(log).Should().Equal("9", "8", "7", "6", "5", "4", "3", "2", "1", "0");
    }

    [Fact]
    public async Task Without_a_limit_all_run_at_once()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");

        for (var i = 0; i < 20; i++)
            _ = await box.SubmitAsync(new { pool = "p", args = Some.Sleep });

        var running = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "running" }), jobs => jobs.GetArrayLength() is 20);
        running.GetArrayLength().Should().Be(20);
    }

    [Theory]
    [InlineData("""{"slots":-1}""")]
    [InlineData("""{"drain":true}""")]
    public async Task A_draining_pool_accepts_no_jobs_even_with_wait_in_pool_and_running_jobs_go_on(string drain)
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("box.cfg", """{ "wait_in_pool": true, "pools": { "p": { "slots": 1 } } }""");
        await using var box = await RunningBox.StartAsync(config);
        var running = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var queued = (await box.SubmitAsync(new { pool = "p", args = Some.True })).Text("id");
        _ = await box.WaitForStartAsync(running);

        _ = await box.AskLineAsync("""[{"config":{"pools":{"p":""" + drain + "}}}]");
        var later = await box.SubmitAsync(new { pool = "p", args = Some.True });
        _ = await box.AskAsync("kill", running);
        _ = await box.WaitForEndAsync(running);

        later.GetProperty("node").ToString().Should().Be("False");
        (await box.JobAsync(queued)).Text("state").Should().Be("new");
        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":0}}""");
        _ = await box.AskAsync("config", new { pools = new { p = new { slots = 1, drain = false } } });
        (await box.WaitForEndAsync(later.Text("id"))).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_pool_on_hold_queues_jobs_and_starts_none_until_it_is_released()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=1", "pools.p.hold=true", "wait_in_pool=true");
        var first = await box.SubmitAsync(new { pool = "p", args = Some.True });
        var second = await box.SubmitAsync(new { pool = "p", args = Some.True });

        _ = await box.AskAsync("config", new { pools = new { p = new { hold = false } } });

        first.Flag("active").Should().BeTrue();
        second.Text("node").Should().Be("n1");
        (await box.WaitForEndAsync(first.Text("id"))).Text("state").Should().Be("done");
        (await box.WaitForEndAsync(second.Text("id"))).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task More_slots_start_more_jobs_at_once()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=1");
        for (var i = 0; i < 3; i++)
            _ = await box.SubmitAsync(new { pool = "p", args = Some.Sleep });
        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "running" }), jobs => jobs.GetArrayLength() is 1);

        _ = await box.AskAsync("config", new { pools = new { p = new { slots = 3 } } });

        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "running" }), jobs => jobs.GetArrayLength() is 3);
        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":0}}""");
    }

    [Fact]
    public async Task A_burst_of_200_jobs_on_2_slots_finishes_without_a_pause_between_them()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2", "state.expire=600");
        using var connection = await box.ConnectAsync();
        var begin = Stopwatch.GetTimestamp();

        await connection.SendAsync(string.Concat(Enumerable.Repeat("""[{"submit":{"pool":"p","args":["/bin/true"]}}]""" + "\n", 200)));
        for (var i = 0; i < 200; i++)
            _ = await connection.ReadAnswerAsync();
        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "done" }), jobs => jobs.GetArrayLength() is 200);

        // A wait of one second for each pair would add up to 100 s.
        Stopwatch.GetElapsedTime(begin).TotalSeconds.Should().BeLessThan(15);
    }

    [Fact]
    public async Task No_step_from_submit_to_done_waits_for_a_second()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=1");
        var times = new List<TimeSpan>();

        for (var i = 0; i < 5; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            _ = await box.RunAsync(new { pool = "p", args = Some.True });
            times.Add(Stopwatch.GetElapsedTime(begin));
        }

        // The fastest run, because other tests run too. A pause of a second would be in each.
        times.Min().Should().BeLessThan(TimeSpan.FromMilliseconds(500));
    }
}
