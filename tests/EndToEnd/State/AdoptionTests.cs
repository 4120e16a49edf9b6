using System.Globalization;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>Jobs that outlive their box (docs/SPECIFICATION.md#adoption).</summary>
public sealed class AdoptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string[] Words => [$"state.file={_folder.File("state")}", "pools.p.slots=0", "pools.one.slots=1"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_goes_on_while_its_box_is_away_and_ends_under_the_next_one()
    {
        var go = _folder.File("go");
        var script = $"echo before; while ! test -e '{go}'; do sleep 0.01; done; echo after; exit 3";
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Shell(script) })).Text("id");
        var before = await first.WaitForStartAsync(id);

        await first.CrashAsync();
        await using var second = await RunningBox.StartAsync(Words);
        var during = await second.JobAsync(id);
        _folder.Write("go", "");
        var after = await second.WaitForEndAsync(id);

        (during.Text("state"), during.Number("pid")).Should().Be(("running", before.Number("pid")));
        during.Number("start_ts").Should().Be(before.Number("start_ts"));
        (after.Number("rc"), after.Printed(), after.Number("start_count")).Should().Be((3, "before\nafter\n", 1));
    }

    [Fact]
    public async Task A_job_that_ended_while_its_box_was_away_has_its_own_end()
    {
        await using var first = await RunningBox.StartAsync(Words);
        const string Script = "head -c 100000 /dev/zero | tr '\\0' x; while kill -0 \"$0\"; do sleep 0.01; done 2>&-; exit 7";
        var id = (await first.SubmitAsync(
            new { pool = "p", args = Some.Shell(Script, first.Pid.ToString(CultureInfo.InvariantCulture)) })).Text("id");
        var pid = (int)(await first.WaitForStartAsync(id)).Number("pid")!.Value;

        await first.CrashAsync();
        await Wait.Until(() => !Signal.IsAlive(pid), () => "the job goes on", TestContext.Current.CancellationToken);
        var ended = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        await using var second = await RunningBox.StartAsync(Words);

        var job = await second.WaitForEndAsync(id);
        (job.Text("state"), job.Number("rc"), job.Printed().Length, job.Number("start_count")).Should().Be(("failed", 7, 100_000, 1));

        // A process that is no longer seen has yet to be waited for.
        job.Number("end_ts").Should().BeLessThan(ended + 0.05);
    }

    [Fact]
    public async Task A_suspended_job_is_still_suspended_under_the_next_box_which_resumes_it()
    {
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (int)(await first.WaitForStartAsync(id)).Number("pid")!.Value;
        _ = await first.AskAsync("suspend", id);
        await Wait.Until(() => Signal.IsStopped(pid), () => "it is not stopped", TestContext.Current.CancellationToken);

        await first.CrashAsync();
        await using var second = await RunningBox.StartAsync(Words);
        var during = await second.JobAsync(id);
        var isStopped = Signal.IsStopped(pid);
        _ = await second.AskAsync("resume", id);

        (during.Flag("suspended"), isStopped).Should().Be((true, true));
        await Wait.Until(() => !Signal.IsStopped(pid), () => "it is stopped", TestContext.Current.CancellationToken);
        Signal.IsAlive(pid).Should().BeTrue();
    }

    [Fact]
    public async Task The_limits_of_runs_hold_while_the_box_is_away()
    {
        using var folder = new TemporaryFolder();
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep, runtime = 0.5 })).Text("id");
        var growth = Some.Shell($"until test -e go; do sleep 0.05; done; exec {TestProgram.Path} grow 200 1000");
        var large = (await first.SubmitAsync(new { pool = "p", args = growth, cwd = folder.Path, memory = "100M" })).Text("id");
        int[] pids = [await PidAsync(id), await PidAsync(large)];

        await first.CrashAsync();
        _ = folder.Write("go", "");
        await Wait.Until(() => !pids.Any(Signal.IsAlive), () => "the jobs go on", TestContext.Current.CancellationToken);
        await using var second = await RunningBox.StartAsync(Words);

        (await second.WaitForEndAsync(id)).Text("error").Should().Be("exceeded runtime of 0.5 s");
        (await second.WaitForEndAsync(large)).Text("error").Should().Be("exceeded memory of 100 MB");

        async Task<int> PidAsync(string job) => (int)(await first.WaitForStartAsync(job)).Number("pid")!.Value;
    }

    [Fact]
    public async Task A_time_limit_goes_on_under_the_next_box()
    {
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep, runtime = 3 })).Text("id");
        _ = await first.WaitForStartAsync(id);

        await first.CrashAsync();
        await using var second = await RunningBox.StartAsync(Words);
        var job = await second.WaitForEndAsync(id);

        job.Text("error").Should().Be("exceeded runtime of 3 s");
        (job.Number("end_ts") - job.Number("start_ts")).Should().BeGreaterThanOrEqualTo(2.9);
    }

    [Fact]
    public async Task A_job_takes_its_slot_along_and_can_be_killed_with_its_family()
    {
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "one", args = Some.Shell("sleep 1000 & echo $!; wait") })).Text("id");
        _ = await first.WaitForStartAsync(id);
        var next = (await first.SubmitAsync(new { pool = "one", args = Some.True })).Text("id");

        await first.CrashAsync();
        await using var second = await RunningBox.StartAsync(Words);
        var waiting = await second.JobAsync(next);
        _ = await second.AskAsync("kill", id);
        var killed = await second.WaitForEndAsync(id);

        waiting.Text("state").Should().Be("new");
        killed.Text("state").Should().Be("killed");
        Signal.IsAlive(int.Parse(killed.Printed(), CultureInfo.InvariantCulture)).Should().BeFalse();
        (await second.WaitForEndAsync(next)).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_stop_with_keep_ends_no_job_and_the_runner_starts_jobs_of_the_next_box()
    {
        string[] words = [.. Words, "state.at_stop=keep"];
        await using var first = await RunningBox.StartAsync(words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (await first.WaitForStartAsync(id)).Number("pid");
        var runner = (await first.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID") })).Printed();

        (await first.StopAsync()).Should().Be(0);
        await using var second = await RunningBox.StartAsync(words);

        var job = await second.JobAsync(id);
        (job.Text("state"), job.Number("pid")).Should().Be(("running", pid));
        (await second.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID") })).Printed().Should().Be(runner);
        _ = await second.AskAsync("kill", id);
        _ = await second.WaitForEndAsync(id);
        _ = await second.StopAsync();
        await Wait.Until(
            () => !Signal.IsAlive(int.Parse(runner, CultureInfo.InvariantCulture)), () => "the runner stays",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stop_with_keep_does_not_wait_for_clients_that_follow_a_job()
    {
        string[] words = [.. Words, "state.at_stop=keep"];
        await using var first = await RunningBox.StartAsync(words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        _ = await first.WaitForStartAsync(id);
        using var follower = await first.ConnectAsync();
        var held = follower.AskAsync($$"""[{"tail":{"id":"{{id}}"},"wait":3600}]""");

        var status = await first.StopAsync();
        await held;
        await using var second = await RunningBox.StartAsync(words);

        status.Should().Be(0);
        (await second.JobAsync(id)).Text("state").Should().Be("running");
        _ = await second.AskAsync("kill", id);
        _ = await second.WaitForEndAsync(id);
    }

    [Fact]
    public async Task A_stop_ends_the_jobs_by_default()
    {
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        _ = await first.WaitForStartAsync(id);

        _ = await first.StopAsync();
        await using var second = await RunningBox.StartAsync(Words);

        (await second.JobAsync(id)).Text("error").Should().Be("shutdown");
    }

    [Fact]
    public async Task A_job_whose_pool_is_gone_or_that_nobody_knows_is_ended()
    {
        await using var first = await RunningBox.StartAsync(Words);
        var homeless = (await first.SubmitAsync(new { pool = "one", args = Some.Sleep })).Text("id");
        var pid = (int)(await first.WaitForStartAsync(homeless)).Number("pid")!.Value;

        await first.CrashAsync();
        await using var second = await RunningBox.StartAsync(Words[0], "pools.p.slots=0");
        var error = (await second.WaitForEndAsync(homeless)).Text("error");
        var unknown = (await second.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var lost = (int)(await second.WaitForStartAsync(unknown)).Number("pid")!.Value;
        await second.CrashAsync();
        foreach (var file in Directory.GetFiles(_folder.Path, "state*"))
            File.Delete(file);
        await using var third = await RunningBox.StartAsync(Words);

        error.Should().Be("its pool was removed from the node's configuration");
        Signal.IsAlive(pid).Should().BeFalse();
        await Wait.Until(() => !Signal.IsAlive(lost), () => "the process goes on", TestContext.Current.CancellationToken);
    }
}
