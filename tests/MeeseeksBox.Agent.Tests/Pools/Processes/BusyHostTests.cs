using System.Diagnostics;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>Kills on a host where a snapshot of the processes takes seconds, or fails without a file descriptor.</summary>
public sealed class BusyHostTests
{
    private readonly SlowTime _time = new();

    [Fact]
    public async Task Found_processes_are_killed_however_long_snapshots_take()
    {
        using var child = Process.Start(TestProgram.Path, ["sleep", "1000"]);
        var killer = new ProcessTreeKiller(new ProcessTable(LookSlowly), _time);

        var reaped = await killer.KillAsync(snapshot => snapshot.Trees(entry => entry.Pid == child.Id));

        reaped.Left.Should().BeEmpty();
        reaped.Killed.Should().ContainSingle().Which.Pid.Should().Be(child.Id);
        LiveProcesses.Has(child.Id).Should().BeFalse();
    }

    [Fact]
    public async Task A_failed_snapshot_is_tried_again()
    {
        using var child = Process.Start(TestProgram.Path, ["sleep", "1000"]);
        var count = 0;
        var killer = new ProcessTreeKiller(
            new ProcessTable(() => ++count % 2 is 1 ? throw new IOException("Too many open files") : ProcFs.ReadAll()),
            TimeProvider.System);

        var reaped = await killer.KillAsync(snapshot => snapshot.Trees(entry => entry.Pid == child.Id));

        reaped.Killed.Should().ContainSingle().Which.Pid.Should().Be(child.Id);
    }

    [Fact]
    public async Task Found_processes_are_killed_when_later_snapshots_fail()
    {
        using var child = Process.Start(TestProgram.Path, ["sleep", "1000"]);
        var count = 0;
        var killer = new ProcessTreeKiller(
            new ProcessTable(() => ++count > 1 ? throw new IOException("Too many open files") : LookSlowly()), _time);

        var kill = () => killer.KillAsync(snapshot => snapshot.Trees(entry => entry.Pid == child.Id));

        await kill.Should().ThrowAsync<IOException>();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
            TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    // The kernel takes away the environment, with the mark, before the process is gone.
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 3)]
    public async Task A_process_that_exits_counts_until_it_is_gone(int laterTicks, int snapshots)
    {
        using var child = Process.Start("sleep", "1000");
        var marked = ProcFs.ReadAll().Find(child.Id)! with { Run = "r" };
        var exiting = marked with { Run = null, Parent = 1, StartTicks = marked.StartTicks + laterTicks };
        ProcessEntry[][] states = [[marked], [marked], [exiting], [exiting], []];
        var count = 0;
        var killer = new ProcessTreeKiller(new ProcessTable(() => new ProcessSnapshot(states[count++])), TimeProvider.System);

        var reaped = await killer.KillAsync(snapshot => snapshot.Trees(entry => entry.Run == "r"));

        count.Should().Be(snapshots);
        reaped.Killed.Should().ContainSingle().Which.Pid.Should().Be(child.Id);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private ProcessSnapshot LookSlowly()
    {
        _time.Skip(ProcessTreeKiller.Timeout);
        return ProcFs.ReadAll();
    }

    /// <summary>The clock of the system, which can skip time.</summary>
    private sealed class SlowTime : TimeProvider
    {
        private long _skipped;

        public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _skipped);

        public void Skip(TimeSpan time) => Interlocked.Add(ref _skipped, (long)(time.TotalSeconds * TimestampFrequency) + 1);
    }
}
