using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The built-in plugin: runs the job's <c>args</c> as a process (docs/SPECIFICATION.md#process-end).</summary>
/// <param name="processes">The processes of this host; one for the whole box, so that kills share their looks at it.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessTask(ProcessTable processes, TimeProvider time) : IJobTask
{
    /// <summary>How long a job waits after its process has ended for its pipes to be closed.</summary>
    public static readonly TimeSpan PipeTimeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        var command = CommandBuilder.Of(run.Job);
        if (!command.IsFound)
            return JobOutcome.NotStarted(command.Problem);
        if (kill.IsCancellationRequested)
            return JobOutcome.NotStarted("killed before it was started");

        var started = ChildProcess.Start(command.Value);
        if (!started.IsFound)
            return JobOutcome.NotStarted(started.Problem);

        using var process = started.Value;
        run.Started(process.Pid);
        return await FollowAsync(run, process, kill);
    }

    private async Task<JobOutcome> FollowAsync(IJobRun run, ChildProcess process, CancellationToken kill)
    {
        var output = new CapturedStream("stdout", process.Output, run.Job.OutputLimit);
        var errors = new CapturedStream("stderr", process.Errors, run.Job.OutputLimit);
        var closed = Task.WhenAll(output.Closed, errors.Closed);
        var tree = new ProcessTree(process, run.Job.Run, new ProcessTreeKiller(processes, time), time);
        try
        {
            await EndAsync(run, process, closed, kill);
        }
        catch (OperationCanceledException) when (kill.IsCancellationRequested)
        {
            await KillAsync(run, process, closed, tree);
        }

        output.Report(run);
        errors.Report(run);
        return process.HasExited ? Outcome(tree.Rc()) : JobOutcome.Failure(null, $"process {process.Pid} could not be killed");
    }

    private async Task EndAsync(IJobRun run, ChildProcess process, Task closed, CancellationToken giveUp)
    {
        await process.WaitForExitAsync(giveUp);
        try
        {
            await closed.WaitAsync(PipeTimeout, time, giveUp);
        }
        catch (TimeoutException)
        {
            run.Log("its process has ended, but something that it left in the background still holds its output: what that prints is dropped");
        }
    }

    private async Task KillAsync(IJobRun run, ChildProcess process, Task closed, ProcessTree tree)
    {
        try
        {
            var left = await tree.EndAsync(run.Job.KillGrace);
            if (left.Count > 0)
                run.Log($"could not kill all of its processes; left: {string.Join(", ", left)}");
        }
        catch (IOException problem)
        {
            run.Log($"process {process.Pid} was killed, but what came of it could not be looked for: {problem.Message}");
        }

        using var deadline = new CancellationTokenSource(ProcessTreeKiller.Timeout, time);
        try
        {
            await EndAsync(run, process, closed, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            run.Log($"process {process.Pid} has not ended though it was killed: it may hang in the kernel");
        }
    }

    private static JobOutcome Outcome(int rc) => rc == 0 ? JobOutcome.Success() : JobOutcome.Failure(rc);
}
