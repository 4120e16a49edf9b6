using System.Globalization;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#process-end
public sealed class BackgroundTests
{
    [Fact]
    public async Task A_background_process_with_the_pipes_delays_the_end_by_2_s_and_is_not_killed()
    {
        var clock = new FakeTimeProvider();
        var run = new FakeRun(Some.TestProgramJob("leave-child", "60"));

        var job = Start(run, clock, TestContext.Current.CancellationToken);
        await HeldAsync(run);
        clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromMilliseconds(1));
        var endedBefore = job.IsCompleted;
        var outcome = await EndAsync(job, clock, ProcessTask.PipeTimeout);

        endedBefore.Should().BeFalse();
        outcome.Should().Be(JobOutcome.Success());
        run.Logged.Should().ContainSingle().Which.Should().Contain("a background process still holds its output");
        var child = int.Parse(run.Stdout, CultureInfo.InvariantCulture);
        LiveProcesses.Has(child).Should().BeTrue();
        LiveProcesses.End(child);
    }

    [Fact]
    public async Task A_background_process_can_go_on_printing()
    {
        using var folder = new TemporaryFolder();
        var trace = folder.File("trace");
        var go = folder.File("go");
        var script = $"(while ! test -e '{go}'; do sleep 0.01; done; /bin/echo late && echo survived > '{trace}') & echo early";
        var clock = new FakeTimeProvider();
        var run = new FakeRun(Some.Job("/bin/sh", "-c", script));

        var job = Start(run, clock, TestContext.Current.CancellationToken);
        await HeldAsync(run);
        await EndAsync(job, clock, ProcessTask.PipeTimeout);
        folder.Write("go", "");
        await Wait.Until(() => File.Exists(trace), () => "nobody wrote the trace", TestContext.Current.CancellationToken);

        run.Stdout.Should().Be("early\n");
    }

    [Fact]
    public async Task Output_of_a_background_process_that_ends_in_time_belongs_to_the_job()
    {
        var run = new FakeRun(Some.Job("/bin/sh", "-c", "(sleep 0.2; echo late) & echo early"));

        await Start(run, new FakeTimeProvider(), TestContext.Current.CancellationToken);

        run.Stdout.Should().Be("early\nlate\n");
        run.Logged.Should().BeEmpty();
    }

    [Fact]
    public async Task A_background_process_is_killed_with_the_job()
    {
        using var kill = new CancellationTokenSource();
        var clock = new FakeTimeProvider();
        var run = new FakeRun(Some.TestProgramJob("leave-child", "60"));

        var job = Start(run, clock, kill.Token);
        await HeldAsync(run);
        await kill.CancelAsync();
        var outcome = await EndAsync(job, clock, TimeSpan.FromMilliseconds(1));

        outcome.Rc.Should().Be(0);
        LiveProcesses.CountMarked(run.Job.Run).Should().Be(0);
    }

    private static Task<JobOutcome> Start(FakeRun run, TimeProvider clock, CancellationToken kill) =>
        Task.Run(() => new ProcessTask(new ProcessTable(), clock).RunAsync(run, kill), TestContext.Current.CancellationToken);

    // Ends when the first process has ended, while the one that it left behind still runs.
    private static async Task HeldAsync(FakeRun run)
    {
        var pid = (int)(await run.Pid)!;
        await Wait.Until(
            () => !LiveProcesses.Has(pid) && LiveProcesses.CountMarked(run.Job.Run) > 0,
            () => $"{LiveProcesses.CountMarked(run.Job.Run)} processes of the run",
            TestContext.Current.CancellationToken);
    }

    private static async Task<JobOutcome> EndAsync(Task<JobOutcome> job, FakeTimeProvider clock, TimeSpan step)
    {
        await Wait.Until(
            () =>
            {
                clock.Advance(step);
                return job.IsCompleted;
            },
            () => "the job goes on",
            TestContext.Current.CancellationToken);
        return await job;
    }
}
