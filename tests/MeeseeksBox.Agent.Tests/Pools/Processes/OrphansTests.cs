using System.Globalization;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Ending;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#orphans
public sealed class OrphansTests
{
    private readonly Orphans _orphans = new(new ProcessTable(), TimeProvider.System);

    [Fact]
    public async Task Processes_of_runs_of_this_box_are_killed_with_their_trees()
    {
        var owner = $"{Guid.NewGuid():N}";
        var (first, child) = await StartAsync($"{owner}.1", "spawn-child");
        var (second, reparented) = await StartAsync($"{owner}.22", "new-session");
        var (other, _) = await StartAsync($"{owner}2.1", "spawn-child");
        await using (first)
        await using (second)
        await using (other)
        {
            var reaped = await _orphans.EndByMarkAsync($"{owner}.");

            int[] wanted = [(int)(await first.Run.Pid)!, child, (int)(await second.Run.Pid)!, reparented];
            reaped.Killed.Select(entry => entry.Pid).Should().BeEquivalentTo(wanted);
            reaped.Killed.Select(entry => entry.Run).Distinct().Should().BeEquivalentTo($"{owner}.1", $"{owner}.22");
            reaped.Left.Should().BeEmpty();
            wanted.Should().NotContain(pid => LiveProcesses.Has(pid));
            LiveProcesses.CountMarked($"{owner}2.1").Should().Be(2);
        }
    }

    [Fact]
    public async Task Without_survivors_no_process_is_killed()
    {
        var reaped = await _orphans.EndByMarkAsync($"{Guid.NewGuid():N}.");

        reaped.Killed.Should().BeEmpty();
        reaped.Left.Should().BeEmpty();
    }

    [Fact]
    public async Task A_process_is_killed_by_its_pid_when_its_start_matches()
    {
        var startTs = Now();
        var (job, child) = await StartAsync("a.1", "spawn-child");
        await using (job)
        {
            var pid = (int)(await job.Run.Pid)!;

            var reaped = await _orphans.EndByPidAsync(pid, startTs, Credentials.Own.User);

            reaped.Killed.Select(entry => entry.Pid).Should().BeEquivalentTo([pid, child]);
            LiveProcesses.Has(pid).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task A_process_with_another_start_time_is_not_killed(int seconds)
    {
        var (job, _) = await StartAsync("a.2", "spawn-child");
        await using (job)
        {
            var pid = (int)(await job.Run.Pid)!;

            var reaped = await _orphans.EndByPidAsync(pid, Now() + seconds, Credentials.Own.User);

            reaped.Killed.Should().BeEmpty();
            LiveProcesses.Has(pid).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_pid_without_a_process_is_ignored()
    {
        var reaped = await _orphans.EndByPidAsync(int.MaxValue, Now(), Credentials.Own.User);

        reaped.Killed.Should().BeEmpty();
    }

    private static double Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    private static async Task<(RunningJob Job, int Child)> StartAsync(string run, string verb)
    {
        var (job, said) = await RunningJob.StartAsync(
            Some.TestProgramJob(verb, "60") with { Run = run }, TestContext.Current.CancellationToken);
        return (job, int.Parse(said, CultureInfo.InvariantCulture));
    }
}
