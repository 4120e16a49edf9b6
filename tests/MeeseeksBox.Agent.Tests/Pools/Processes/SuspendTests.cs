using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol.Signals;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#suspension
public sealed class SuspendTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Some of its processes are new whenever it is looked for them.
    [Fact]
    public async Task A_growing_process_tree_stops_and_continues_as_a_whole()
    {
        var (job, _) = await RunningJob.StartAsync(Some.Job("/bin/sh", "-c", "echo go; while :; do sleep 60 & sleep 0.01; done"), Stop);
        await using (job)
        {
            _ = await job.Run.Pid;
            await Wait.Until(() => States(job).Count > 5, () => "too few", Stop);

            job.Run.Process!.Suspend(true);
            await Wait.Until(() => States(job).TrueForAll(IsStopped), () => string.Join("", States(job)), Stop);
            var count = States(job).Count;
            job.Run.Process!.Suspend(false);
            await Wait.Until(() => States(job).Count > count, () => string.Join("", States(job)), Stop);

            States(job).Should().NotContain('T');
        }
    }

    // The second request comes while the first is carried out.
    [Fact]
    public async Task The_last_request_holds()
    {
        var (job, _) = await RunningJob.StartAsync(Some.Job("/bin/sh", "-c", "echo go; exec sleep 1"), Stop);
        await using (job)
        {
            _ = await job.Run.Pid;

            job.Run.Process!.Suspend(true);
            job.Run.Process!.Suspend(false);

            (await job.EndAsync().WaitAsync(TimeSpan.FromSeconds(60), Stop)).Should().Be(JobOutcome.Success());
        }
    }

    [Fact]
    public async Task A_repeated_request_acts_on_what_others_have_signalled_meanwhile()
    {
        var (job, said) = await RunningJob.StartAsync(Some.Job("/bin/sh", "-c", "echo $$; exec sleep 1000"), Stop);
        await using (job)
        {
            _ = await job.Run.Pid;
            var pid = int.Parse(said, CultureInfo.InvariantCulture);

            LibC.Kill(pid, SignalNumber.Stop).Should().Be(0);
            await UntilAsync('T');
            job.Run.Process!.Suspend(false);
            await UntilAsync('S');

            job.Run.Process!.Suspend(true);
            await UntilAsync('T');
            LibC.Kill(pid, SignalNumber.Continue).Should().Be(0);
            job.Run.Process!.Suspend(true);
            job.Run.Process!.Suspend(false);
            await UntilAsync('S');
        }

        Task UntilAsync(char state) =>
            Wait.Until(() => States(job).TrueForAll(one => one == state), () => string.Join("", States(job)), Stop);
    }

    [Fact]
    public async Task A_suspended_job_can_act_on_SIGTERM()
    {
        var description = Some.TestProgramJob("end-on-term", "60") with { KillGrace = TimeSpan.FromSeconds(30) };
        var (job, _) = await RunningJob.StartAsync(description, Stop);
        await using (job)
        {
            _ = await job.Run.Pid;
            job.Run.Process!.Suspend(true);
            await Wait.Until(() => States(job).TrueForAll(state => state is 'T'), () => string.Join("", States(job)), Stop);

            (await job.KillAsync()).Should().Be(JobOutcome.Failure(3));
        }
    }

    [Fact]
    public async Task What_outlives_the_process_of_a_suspended_job_is_continued()
    {
        var (job, child) = await RunningJob.StartAsync(
            Some.Job("/bin/sh", "-c", "sleep 1000 2>/dev/null & echo $!; exec sleep 1000"), Stop);
        await using (job)
        {
            _ = await job.Run.Pid;
            job.Run.Process!.Suspend(true);
            await Wait.Until(() => States(job).TrueForAll(state => state is 'T'), () => string.Join("", States(job)), Stop);

            (await job.Run.Process!.SignalAsync(new Signal(9), TimeProvider.System)).Should().BeNull();
            var outcome = await job.EndAsync().WaitAsync(TimeSpan.FromSeconds(60), Stop);
            var left = States(job);
            using (var process = System.Diagnostics.Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture)))
                process.Kill();

            outcome.Rc.Should().Be(-9);
            left.Should().ContainSingle().Which.Should().NotBe('T');
        }
    }

    // A parent whose child was stopped between vfork and exec waits for it (D), and stops then.
    private static bool IsStopped(char state) => state is 'T' or 'D';

    private static List<char> States(RunningJob job) => LiveProcesses.StatesOfMarked(job.Run.Job.Run);
}
