using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Signals;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The built-in plugin: has the runner run the job's <c>args</c> as a process (docs/SPECIFICATION.md#process-end).</summary>
/// <param name="runner">The runner of this box.</param>
/// <param name="orphans">Kills the processes that a runner left behind.</param>
/// <param name="outputs">Takes over what a job has printed.</param>
/// <param name="live">Shows what the job prints while it runs.</param>
/// <param name="adopted">The process that a former instance of the box has started; null to start one.</param>
internal sealed class ProcessTask(
    RunnerHost runner, Orphans orphans, OutputStore outputs, LiveOutputs live, RunnerRun? adopted = null) : IJobTask
{
    // The error of a job whose process was lost sight of, as after a crash of the box.

    private const int ThousandthsOfProcessor = 1000;

    // More than a runner needs to kill a run and to take its output, and less than a task gets.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(8);

    // More than any system takes, and less than a line to the runner may have.
    private const long LongestOrder = 8 * 1024 * 1024;

    /// <inheritdoc/>
    /// <remarks>The box runs it with runs of its own kind alone.</remarks>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) => RunAsync((IProcessRun)run, kill);

    private async Task<JobOutcome> RunAsync(IProcessRun run, CancellationToken kill)
    {
        if (adopted is null)
            return await StartAsync(run, kill);

        adopted.Note = run.Log;
        var limit = run.Limit.Value;
        adopted.Limit(limit, run.Job.KillGrace);
        run.Limit.Follow(limit, changed => adopted.Limit(changed, run.Job.KillGrace));
        return await FollowAsync(run, adopted, adopted.Ended.IsCompleted, kill) ?? await StartAsync(run, kill);
    }

    private async Task<JobOutcome> StartAsync(IProcessRun run, CancellationToken kill)
    {
        var words = ProcessArguments.Of(run.Job);
        if (!words.IsSuccess)
            return JobOutcome.NotStarted(words.Problem);
        if (kill.IsCancellationRequested)
            return JobOutcome.NotStarted("killed before it was started");
        if (FolderOf(run.Job) is not { } folder)
            return JobOutcome.NotStarted("cannot work in the folder of the box: it is gone; name another one with cwd");

        try
        {
            var limit = run.Limit.Value;
            var data = runner.DataOf(run.Account.Credentials, run.Job.Run, RunIdentity.TextOf(run.Identity));
            var order = Order(run, words.Value, folder, limit, data);
            if (order.Size > LongestOrder)
                return JobOutcome.NotStarted($"cannot start {words.Value[0]}: its arguments and environment are too long for this system");

            var process = await runner.StartAsync(run.Account.Credentials, order, run.Log, kill);
            run.Limit.Follow(limit, changed => process.Limit(changed, run.Job.KillGrace));
            return await FollowAsync(run, process, hasEnded: false, kill) ?? await StartAsync(run, kill);
        }
        catch (IOException problem)
        {
            return JobOutcome.NotStarted(problem.Message);
        }
        catch (OperationCanceledException)
        {
            return JobOutcome.NotStarted("killed before it was started");
        }
    }

    // Null when the runner has ended before it started the run.
    private async Task<JobOutcome?> FollowAsync(IProcessRun run, RunnerRun process, bool hasEnded, CancellationToken kill)
    {
        try
        {
            return await FollowToEndAsync(run, process, hasEnded, kill);
        }
        catch (IOException problem)
        {
            run.Log(problem.Message);
            _ = await orphans.EndRunAsync(run.Job.Run);
            return JobOutcome.Failure(null, JobStatus.CrashError);
        }
    }

    private async Task<JobOutcome?> FollowToEndAsync(IProcessRun run, RunnerRun process, bool hasEnded, CancellationToken kill)
    {
        await using var killing = kill.Register(() =>
        {
            process.End(run.Job.KillGrace);
            if (!process.Owner.IsBox)
                _ = EndLateAsync(run, process);
        });
        var entry = live.Add(run.Job.Id, process.Output);
        try
        {
            return await FollowToEndAsync(run, process, entry, hasEnded, kill);
        }
        catch
        {
            entry.Dispose();
            throw;
        }
    }

    private async Task<JobOutcome?> FollowToEndAsync(
        IProcessRun run, RunnerRun process, IDisposable entry, bool hasEnded, CancellationToken kill)
    {
        var started = await process.Started;
        if (started.Verb is RunnerVerb.Refused)
        {
            entry.Dispose();
            process.Forget();
            return process.IsReturned ? null : JobOutcome.NotStarted(started.Text(RunnerField.Text)!);
        }

        var pid = started.Number(RunnerField.Pid);
        run.Attach(process);
        run.Started((int)(pid ?? 0), process.TimeOf(started) ?? 0);
        var ended = await process.Ended;

        // Taking over an output may wait for the disk.
        if (ended.Number(RunnerField.Output) is > 0 || ended.Number(RunnerField.Errors) is > 0)
            await Task.Yield();

        // The runner of another user cannot kill what has gained other rights, as sudo does.
        var exceeded = ended.Text(RunnerField.Exceeded) is RunnerField.Memory ? ended.Number(RunnerField.Memory) : null;
        if ((exceeded is not null || kill.IsCancellationRequested) && !process.Owner.IsBox)
            _ = await orphans.EndRunAsync(run.Job.Run);

        // A process that ended while there was no box has a time of its own.
        var endTs = hasEnded ? process.TimeOf(ended) : null;
        if (run.IsAbandoned || !run.TryReportEnd(new ProcessEnd(Take(run, process, ended), RunnerRun.UsageOf(ended), endTs), Record))
        {
            // The job has its result, and no use for the output.
            Record(Task.CompletedTask);
        }

        return (int?)ended.Number(RunnerField.Status) switch
        {
            null => JobOutcome.Failure(null, $"process {pid} could not be killed"),
            var status when exceeded is { } memory => JobOutcome.Failure(status, $"exceeded memory of {ByteSize.Exact(memory)}"),
            0 => JobOutcome.Success(),
            < 0 and var signal when !kill.IsCancellationRequested => JobOutcome.Failure(signal, $"ended by {new Signal(-signal)}"),
            var status => JobOutcome.Failure(status),
        };

        // From now on, the record of the job has the output.
        void Record(Task recorded)
        {
            entry.Dispose();
            runner.Forget(process, recorded);
        }
    }

    // A runner in the hands of its jobs may answer and do nothing.
    private async Task EndLateAsync(IProcessRun run, RunnerRun process)
    {
        if (await Task.WhenAny(process.Ended, Task.Delay(run.Job.KillGrace + LongestEnd, TimeProvider.System)) != process.Ended)
            _ = await orphans.EndRunAsync(run.Job.Run);
    }

    private KeptOutputs Take(IProcessRun run, RunnerRun process, RunnerMessage ended)
    {
        var stdout = Take(run, process, ended, RunnerField.Output);
        var stderr = Take(run, process, ended, RunnerField.Errors);
        return new KeptOutputs
        {
            Stdout = stdout,
            Stderr = stderr,
            StdoutSize = SizeOfPart(stdout, RunnerField.Output, process, ended),
            StderrSize = SizeOfPart(stderr, RunnerField.Errors, process, ended),
        };
    }

    // The number of printed bytes when not all of them are kept; null otherwise.
    private static long? SizeOfPart(OutputData? output, string stream, RunnerRun process, RunnerMessage ended)
    {
        var total = ended.Number(stream) ?? 0;
        var lost = ended.Number(RunnerField.LostOf(stream)) ?? 0;
        return lost is 0 && total <= process.OutputLimit && (total is 0 || output is not null) ? null : total + lost;
    }

    private OutputData? Take(IProcessRun run, RunnerRun process, RunnerMessage ended, string stream)
    {
        try
        {
            return ended.Number(stream) is > 0 and var total ? Take(process, process.PathOf(stream), total) : null;
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            run.Log($"its {stream} is lost: {lost.Message}");
            return null;
        }
    }

    private OutputData? Take(RunnerRun process, string path, long total) => process.Owner.IsBox
        ? outputs.Take(path, total, process.OutputLimit)
        : outputs.Copy(path, process.Owner.User, total, process.OutputLimit);

    private static RunnerMessage Order(IProcessRun run, string[] words, string folder, TimeSpan? limit, string data)
    {
        var job = run.Job;
        var order = new RunnerMessage(RunnerVerb.Start, job.Run)
            .With(RunnerField.Folder, folder)
            .With(RunnerField.Limit, job.OutputLimit)
            .With(RunnerField.Data, data);
        if (limit is { } time)
        {
            _ = order.With(RunnerField.Runtime, RunnerRun.Milliseconds(time))
                .With(RunnerField.Grace, RunnerRun.Milliseconds(job.KillGrace));
        }

        if (job.Memory is { } memory)
            _ = order.With(RunnerField.Memory, memory);
        if (job.Cpus is { } cpus)
            _ = order.With(RunnerField.Cpus, (long)Math.Round(cpus * ThousandthsOfProcessor));
        if (job.Stdin is not null)
            _ = order.With(RunnerField.Input, job.Stdin);
        if (job.Stdout is not null)
            _ = order.With(RunnerField.Output, job.Stdout);
        if (job.Stderr is not null)
            _ = order.With(RunnerField.Errors, job.Stderr);

        foreach (var word in words)
            _ = order.With(RunnerField.Argument, word);

        // A kill finds processes by this mark, so it overrides any value in the environment of the job.
        foreach (var (name, value) in job.Environment)
        {
            if (name is not RunVariable.Name)
                _ = order.With(RunnerField.Variable, ByteText.Encode($"{name}={value}"));
        }

        return order.With(RunnerField.Variable, $"{RunVariable.Name}={job.Run}");
    }

    // Full path of the working directory; null when that of the box was deleted.
    private static string? FolderOf(JobDescription job)
    {
        if (job.WorkingDirectory is { } folder && Path.IsPathRooted(folder))
            return Path.GetFullPath(folder);

        try
        {
            return Path.GetFullPath(job.WorkingDirectory ?? ".");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
