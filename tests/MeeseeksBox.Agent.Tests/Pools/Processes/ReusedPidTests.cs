using System.Diagnostics;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Ending;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>Signals to a process whose id another process had in the snapshot.</summary>
public sealed class ReusedPidTests
{
    private const int Killed = 128 + SignalNumber.Kill;
    private const int Terminated = 128 + SignalNumber.Terminate;

    [Theory]
    [InlineData(0, Terminated)]
    [InlineData(-1, Killed)]
    [InlineData(1, Killed)]
    public async Task Only_the_process_of_the_snapshot_gets_the_signal(int ticks, int status)
    {
        using var child = Process.Start("sleep", "1000");
        var killer = new ProcessTreeKiller(new ProcessTable(), TimeProvider.System);

        await killer.TerminateAsync(snapshot =>
        {
            var entry = snapshot.Find(child.Id)!;
            return [entry with { StartTicks = entry.StartTicks + ticks }];
        });

        // Too late for a process that has got the other signal.
        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        child.ExitCode.Should().Be(status);
    }
}
