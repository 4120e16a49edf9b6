using System.Globalization;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>Jobs that outlive their box (docs/SPECIFICATION.md#adoption).</summary>
public sealed class AdoptionTests(AdoptingBox adopting) : IClassFixture<AdoptingBox>
{
    private RunningBox Box => adopting.Box;

    [Fact]
    public async Task A_job_goes_on_while_its_box_is_away_and_ends_under_the_next_one()
    {
        var before = adopting.Before["lasting"];
        var during = await Box.JobAsync("lasting");
        adopting.LetGo();
        var after = await Box.WaitForEndAsync("lasting");

        (during.Text("state"), during.Number("pid")).Should().Be(("running", before.Number("pid")));
        during.Number("start_ts").Should().Be(before.Number("start_ts"));
        (after.Number("rc"), after.Printed(), after.Number("start_count")).Should().Be((3, "before\nafter\n", 1));
    }

    [Fact]
    public async Task A_job_that_ended_while_its_box_was_away_has_its_own_end()
    {
        var job = await Box.WaitForEndAsync("ending");

        (job.Text("state"), job.Number("rc"), job.Printed().Length, job.Number("start_count")).Should().Be(("failed", 7, 100_000, 1));

        // A process that is no longer seen has yet to be waited for.
        job.Number("end_ts").Should().BeLessThan(adopting.SeenEnded + 0.05);
    }

    [Fact]
    public async Task A_suspended_job_is_still_suspended_under_the_next_box_which_resumes_it()
    {
        var pid = (int)adopting.Before["suspended"].Number("pid")!.Value;
        var during = await Box.JobAsync("suspended");
        var isStopped = Signal.IsStopped(pid);
        _ = await Box.AskAsync("resume", "suspended");

        (during.Flag("suspended"), isStopped).Should().Be((true, true));
        await Wait.Until(() => !Signal.IsStopped(pid), () => "it is stopped", TestContext.Current.CancellationToken);
        Signal.IsAlive(pid).Should().BeTrue();
    }

    [Fact]
    public async Task The_limits_of_runs_hold_while_the_box_is_away()
    {
        (await Box.WaitForEndAsync("short")).Text("error").Should().Be("exceeded runtime of 1 s");
        (await Box.WaitForEndAsync("large")).Text("error").Should().Be("exceeded memory of 100 MB");
    }

    [Fact]
    public async Task A_time_limit_goes_on_under_the_next_box()
    {
        var job = await Box.WaitForEndAsync("limited");

        job.Text("error").Should().Be($"exceeded runtime of {AdoptingBox.Runtime} s");
        (job.Number("end_ts") - job.Number("start_ts")).Should().BeGreaterThanOrEqualTo(AdoptingBox.Runtime - 0.1);
    }

    [Fact]
    public async Task A_job_takes_its_slot_along_and_can_be_killed_with_its_family()
    {
        var waiting = await Box.JobAsync("next");
        _ = await Box.AskAsync("kill", "family");
        var killed = await Box.WaitForEndAsync("family");

        waiting.Text("state").Should().Be("new");
        killed.Text("state").Should().Be("killed");
        Signal.IsAlive(int.Parse(killed.Printed(), CultureInfo.InvariantCulture)).Should().BeFalse();
        (await Box.WaitForEndAsync("next")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_job_whose_pool_is_gone_is_ended()
    {
        (await Box.WaitForEndAsync("homeless")).Text("error").Should().Be("its pool was removed from the node's configuration");

        // Its parent, the runner, may have to be told of its end yet.
        var pid = (int)adopting.Before["homeless"].Number("pid")!.Value;
        await Wait.Until(() => !Signal.IsAlive(pid), () => $"process {pid} is there", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_job_that_the_state_does_not_have_is_ended()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "pools.p.slots=0"];
        await using var first = await RunningBox.StartAsync(words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (int)(await first.WaitForStartAsync(id)).Number("pid")!.Value;

        await first.CrashAsync();
        foreach (var file in Directory.GetFiles(folder.Path, "state*"))
            File.Delete(file);
        await using var second = await RunningBox.StartAsync(words);

        await Wait.Until(() => !Signal.IsAlive(pid), () => "the process goes on", TestContext.Current.CancellationToken);
    }

    // StopTests has the stop without 'keep', which ends the jobs.
    [Fact]
    public async Task A_stop_with_keep_ends_no_job_waits_for_no_follower_and_leaves_the_runner_to_the_next_box()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "pools.p.slots=0", "state.at_stop=keep"];
        await using var first = await RunningBox.StartAsync(words);
        var id = (await first.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (await first.WaitForStartAsync(id)).Number("pid");
        var runner = (await first.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID") })).Printed();
        using var follower = await first.ConnectAsync();
        var held = follower.AskAsync($$"""[{"tail":{"id":"{{id}}"},"wait":3600}]""");

        (await first.StopAsync()).Should().Be(0);
        await held;
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
}
