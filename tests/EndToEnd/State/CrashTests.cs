using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>After a crash of the box and its runner (docs/SPECIFICATION.md#crash-recovery).</summary>
public sealed class CrashTests(CrashedBox crashed) : IClassFixture<CrashedBox>
{
    [Fact]
    public async Task Jobs_that_ran_have_crashed_and_none_of_their_processes_goes_on()
    {
        foreach (var id in new[] { "plain", "family" })
        {
            var job = await crashed.Again.JobAsync(id);
            job.Text("state").Should().Be("failed");
            job.Text("error").Should().Be("crashed");
            job.Number("fail_count").Should().Be(1);
            job.Flag("active").Should().BeFalse();
            job.Find("pid").Should().BeNull();
        }

        crashed.Pids.Should().HaveCount(3).And.OnlyContain(pid => !Signal.IsAlive(pid));
        (await crashed.Again.JobAsync("queued")).Text("state").Should().Be("new");
    }

    [Fact]
    public async Task A_job_that_started_after_the_last_checkpoint_is_found_by_its_mark()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "state.checkpoint=0", "pools.p.slots=0"];
        int pid;
        await using (var box = await RunningBox.StartAsync(words))
        {
            var id = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
            pid = (int)(await box.WaitForStartAsync(id)).Number("pid")!.Value;
            await box.CrashWithRunnerAsync();
        }

        await using var again = await RunningBox.StartAsync(words);

        Signal.IsAlive(pid).Should().BeFalse();
        again.Log.Has($"processes left over from a previous run killed: {pid} (").Should().BeTrue();
    }

    [Fact]
    public async Task A_crash_counts_as_a_failure_that_is_retried()
    {
        var job = await crashed.Again.WaitForEndAsync("retried");

        job.Text("state").Should().Be("done");
        job.Number("fail_count").Should().Be(1);
        job.Number("start_count").Should().Be(2);
    }

    [Fact]
    public async Task A_reused_pid_is_not_killed()
    {
        using var folder = new TemporaryFolder();
        using var stranger = System.Diagnostics.Process.Start("/bin/sleep", "1000");
        var file = folder.Write("state", $$$"""
            {"a":{"id":"a","pool":"p","node":"n1","args":["sleep","60"],"state":"running","active":true,
            "start_ts":1579000001.5,"ts":1579000001.6,"pid":{{{stranger.Id}}}}}
            """);

        await using var box = await RunningBox.StartAsync($"state.file={file}", "state.expire=600", "pools.p.slots=0");

        (await box.JobAsync("a")).Text("error").Should().Be("crashed");
        stranger.HasExited.Should().BeFalse();
        stranger.Kill();
    }

    [Fact]
    public void The_port_can_be_listened_on_again_at_once() => crashed.Again.Port.Should().Be(crashed.Port);
}
