using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Signals;
using MeeseeksBox.Runner.Children;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#signals
public sealed class SignalTests
{
    private static readonly Signal Usr1 = new(10);

    [Fact]
    public async Task Only_the_own_process_of_a_job_gets_a_signal()
    {
        const string Script = "trap 'exit 7' USR1; sh -c 'trap \"exit 8\" USR1; echo $$; while :; do sleep 0.01; done' & wait";
        var (job, said) = await RunningJob.StartAsync(Some.Job("/bin/sh", "-c", Script), TestContext.Current.CancellationToken);
        await using (job)
        {
            _ = await job.Run.Pid;

            var problem = await job.Run.Process!.SignalAsync(Usr1, TimeProvider.System);

            var child = int.Parse(said, CultureInfo.InvariantCulture);
            problem.Should().BeNull();
            (await job.EndAsync()).Rc.Should().Be(7);
            LiveProcesses.Has(child).Should().BeTrue();
            (await job.Run.Process!.SignalAsync(Usr1, TimeProvider.System)).Should().Be("its process has ended");
            LiveProcesses.End(child);
        }
    }

    [Fact]
    public void A_process_id_that_may_have_been_given_away_gets_no_signal()
    {
        // That of this process, which the signal would end.
        var process = new JobProcess(Environment.ProcessId, TimeProvider.System, () => { });
        process.MarkExited();

        process.Signal(SignalNumber.Kill).Should().Be(ErrorNumber.NoProcess);
    }
}
