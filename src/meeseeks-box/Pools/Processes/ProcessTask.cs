using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The built-in plugin: runs the job's <c>args</c> as a process (docs/SPECIFICATION.md#process-end).</summary>
/// <param name="processes">The processes of this host; one table for the whole box, so that kills share snapshots.</param>
/// <param name="time">The clock of all limits.</param>
internal sealed class ProcessTask(ProcessTable processes, TimeProvider time) : IJobTask
{
    /// <summary>Maximum wait for the pipes of a job to close after the end of its process.</summary>
    public static readonly TimeSpan PipeTimeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        var command = CommandBuilder.Of(run.Job);
        if (!command.IsSuccess)
            return JobOutcome.NotStarted(command.Problem);
        if (kill.IsCancellationRequested)
            return JobOutcome.NotStarted("killed before it was started");

        var started = ChildProcess.Start(command.Value);
        if (!started.IsSuccess)
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
            run.Log("process ended, but a background process still holds its output; further output is dropped");
        }
    }

    private async Task KillAsync(IJobRun run, ChildProcess process, Task closed, ProcessTree tree)
    {
        try
        {
            var left = await tree.EndAsync(run.Job.KillGrace);
            if (left.Count > 0)
                run.Log($"processes could not be killed: {string.Join(", ", left)}");
        }
        catch (IOException problem)
        {
            run.Log($"process {process.Pid} killed, but its descendants could not be enumerated: {problem.Message}");
        }

        using var deadline = new CancellationTokenSource(ProcessTreeKiller.Timeout, time);
        try
        {
            await EndAsync(run, process, closed, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            run.Log($"process {process.Pid} killed, but not ended: it may hang in the kernel");
        }
    }

    private static JobOutcome Outcome(int rc) => rc == 0 ? JobOutcome.Success() : JobOutcome.Failure(rc);
}
