using System.Diagnostics;
using System.Globalization;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#process-end
public sealed class BackgroundTests
{
    [Fact]
    public async Task A_background_process_with_the_pipes_delays_the_end_by_2_s_and_is_not_killed()
    {
        var run = new FakeRun(Some.TestProgramJob("leave-child", "60"));
        var begin = Stopwatch.GetTimestamp();

        var outcome = await TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);

        Stopwatch.GetElapsedTime(begin).Should().BeGreaterThan(TimeSpan.FromSeconds(2));
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
        var run = new FakeRun(Some.Job("/bin/sh", "-c", script));

        _ = await TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);
        folder.Write("go", "");
        await Wait.Until(() => File.Exists(trace), () => "nobody wrote the trace", TestContext.Current.CancellationToken);

        run.Stdout.Should().Be("early\n");
    }

    [Fact]
    public async Task Output_of_a_background_process_that_ends_in_time_belongs_to_the_job()
    {
        var run = new FakeRun(Some.Job("/bin/sh", "-c", "(sleep 0.2; echo late) & echo early"));

        _ = await TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);

        run.Stdout.Should().Be("early\nlate\n");
        run.Logged.Should().BeEmpty();
    }

    [Fact]
    public async Task A_background_process_is_killed_with_the_job()
    {
        using var kill = new CancellationTokenSource();
        var run = new FakeRun(Some.TestProgramJob("leave-child", "60"));

        var job = Task.Run(() => TestRunner.Task.RunAsync(run, kill.Token), TestContext.Current.CancellationToken);
        var pid = (int)(await run.Pid)!;
        await Wait.Until(
            () => !LiveProcesses.Has(pid) && LiveProcesses.CountMarked(run.Job.Run) > 0,
            () => $"{LiveProcesses.CountMarked(run.Job.Run)} processes of the run",
            TestContext.Current.CancellationToken);
        await kill.CancelAsync();
        var outcome = await job;

        outcome.Rc.Should().Be(0);
        LiveProcesses.CountMarked(run.Job.Run).Should().Be(0);
    }
}
