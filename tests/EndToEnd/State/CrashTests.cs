using MeeseeksBox.EndToEnd.Boxes;

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

        // The system may have given a pid away since.
        crashed.Processes.Should().HaveCount(3)
            .And.OnlyContain(one => !Signal.IsAlive(one.Pid) || Signal.StartOf(one.Pid) != one.Start);
        (await crashed.Again.JobAsync("queued")).Text("state").Should().Be("new");
    }

    [Fact]
    public async Task A_job_that_started_after_the_last_checkpoint_is_found_by_its_mark()
    {
        Signal.IsAlive(crashed.Late).Should().BeFalse();
        crashed.Again.Log.Lines.Should().Contain(
            line => line.Contains("processes left over from a previous run killed: ") && line.Contains($" {crashed.Late} ("));
        (await crashed.Again.JobAsync("late")).Text("error").Should().Be("crashed");
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
        (await crashed.Again.JobAsync("reused")).Text("error").Should().Be("crashed");
        Signal.IsAlive(crashed.Stranger).Should().BeTrue();
    }

    [Fact]
    public void The_port_can_be_listened_on_again_at_once() => crashed.Again.Port.Should().Be(crashed.Port);
}
