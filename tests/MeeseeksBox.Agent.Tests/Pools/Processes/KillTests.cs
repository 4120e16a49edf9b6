using System.Globalization;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#process-kill
public sealed class KillTests
{
    [Fact]
    public async Task A_killed_job_ends_with_minus_the_signal()
    {
        var (job, _) = await StartAsync(Some.TestProgramJob("ignore-term", "60"));
        await using (job)
        {
            var outcome = await job.KillAsync();

            outcome.Should().Be(JobOutcome.Failure(-9));
        }
    }

    [Theory]
    [InlineData("spawn-child")]
    [InlineData("new-session")]
    [InlineData("hide-child")]
    public async Task A_killed_job_ends_with_its_whole_process_tree(string verb)
    {
        var (job, said) = await StartAsync(Some.TestProgramJob(verb, "60"));
        await using (job)
        {
            var child = int.Parse(said, CultureInfo.InvariantCulture);
            var pid = (int)(await job.Run.Pid)!;
            var livedBefore = LiveProcesses.Has(child);

            await job.KillAsync();

            livedBefore.Should().BeTrue();
            LiveProcesses.Has(child).Should().BeFalse();
            LiveProcesses.Has(pid).Should().BeFalse();
            job.Run.Logged.Should().BeEmpty();
        }
    }

    // Without the mark, and without a parent of the job.
    [Fact]
    public async Task Processes_of_the_session_are_killed_when_its_leader_has_ended()
    {
        const string Stubborn = "trap '' TERM; echo \\$\\$; while :; do sleep 1; done";
        const string Script = $"trap 'exit 3' TERM; (env -i sh -c \"{Stubborn}\" &); while :; do sleep 0.01; done";
        var (job, said) = await StartAsync(Some.Job("/bin/sh", "-c", Script) with { KillGrace = TimeSpan.FromMilliseconds(300) });
        await using (job)
        {
            var outcome = await job.KillAsync();

            outcome.Should().Be(JobOutcome.Failure(3));
            LiveProcesses.Has(int.Parse(said, CultureInfo.InvariantCulture)).Should().BeFalse();
        }
    }

    // As a daemon that clears its environment.
    [Fact]
    public async Task A_process_that_nothing_ties_to_the_job_is_named()
    {
        var (job, said) = await StartAsync(Some.Job("/bin/sh", "-c", "(env -i setsid sh -c 'echo $$; exec sleep 1000' &); sleep 1000"));
        await using (job)
        {
            var stray = int.Parse(said, CultureInfo.InvariantCulture);

            _ = await job.KillAsync();

            job.Run.Logged.Should().ContainSingle(text => text.Contains("may or may not belong to it: ") && text.Contains($"{stray} "));
            LiveProcesses.End(stray);
        }
    }

    [Fact]
    public async Task A_growing_process_tree_is_killed()
    {
        var (job, _) = await StartAsync(Some.Job("/bin/sh", "-c", "echo go; while :; do sleep 60 & sleep 0.01; done"));
        await using (job)
        {
            await Wait.Until(() => LiveProcesses.CountMarked(job.Run.Job.Run) > 10, () => "too few", TestContext.Current.CancellationToken);

            await job.KillAsync();

            LiveProcesses.CountMarked(job.Run.Job.Run).Should().Be(0);
        }
    }

    [Fact]
    public async Task Only_the_process_tree_is_killed()
    {
        var (job, _) = await StartAsync(Some.TestProgramJob("ignore-term", "60"));
        var (other, _) = await StartAsync(Some.TestProgramJob("ignore-term", "60"));
        await using (job)
        await using (other)
        {
            await job.KillAsync();

            LiveProcesses.Has((int)(await other.Run.Pid)!).Should().BeTrue();
        }
    }

    [Fact]
    public async Task With_a_grace_a_job_receives_SIGTERM_first()
    {
        var (job, _) = await StartAsync(Some.TestProgramJob("end-on-term", "60") with { KillGrace = TimeSpan.FromSeconds(30) });
        await using (job)
        {
            var outcome = await job.KillAsync();

            outcome.Should().Be(JobOutcome.Failure(3));
        }
    }

    [Fact]
    public async Task With_a_grace_the_whole_process_tree_receives_SIGTERM()
    {
        var (job, said) = await StartAsync(Some.TestProgramJob("new-session", "60") with { KillGrace = TimeSpan.FromSeconds(30) });
        await using (job)
        {
            var outcome = await job.KillAsync();

            outcome.Should().Be(JobOutcome.Failure(-15));
            LiveProcesses.Has(int.Parse(said, CultureInfo.InvariantCulture)).Should().BeFalse();
        }
    }

    [Fact]
    public async Task After_the_grace_a_job_is_killed()
    {
        var (job, _) = await StartAsync(Some.TestProgramJob("ignore-term", "60") with { KillGrace = TimeSpan.FromMilliseconds(50) });
        await using (job)
        {
            var outcome = await job.KillAsync();

            outcome.Should().Be(JobOutcome.Failure(-9));
        }
    }

    [Fact]
    public async Task Output_before_a_kill_is_reported()
    {
        var (job, _) = await StartAsync(Some.Job("/bin/sh", "-c", "echo last words >&2; echo ready; sleep 60"));
        await using (job)
        {
            await job.KillAsync();

            job.Run.Stderr.Should().Be("last words\n");
        }
    }

    [Fact]
    public async Task A_kill_after_the_end_changes_nothing()
    {
        var (job, _) = await StartAsync(Some.TestProgramJob("echo", "done"));
        await using (job)
        {
            await job.EndAsync();

            var outcome = await job.KillAsync();

            outcome.Should().Be(JobOutcome.Success());
        }
    }

    private static Task<(RunningJob Job, string Said)> StartAsync(JobDescription job) =>
        RunningJob.StartAsync(job, TestContext.Current.CancellationToken);
}
