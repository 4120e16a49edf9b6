using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.Pools;

/// <summary>One run of a job: isolates the core from its task, which may be foreign code.</summary>
internal sealed class RunningJob : IProcessRun, IDisposable
{
    // Time after a kill, beyond the kill grace, until a task that has not ended is abandoned.
    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(10);

    private readonly Run _run;
    private readonly CoreHost _host;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _kill = new();
    private readonly CancellationTokenSource _abandon;
    private readonly Lock _lock = new();
    private KeptOutputs? _outputs;
    private bool _isOver;
    private int _isStarted;

    public RunningJob(Run run, JobDescription description, CoreHost host, TimeProvider time, ILogger log)
    {
        _run = run;
        Job = description;
        _host = host;
        _log = log;
        _abandon = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <inheritdoc/>
    public JobDescription Job { get; }

    /// <summary>Runs the task to its end and returns the result of the run; never throws what the task throws.</summary>
    /// <param name="tasks">Creates the task.</param>
    /// <param name="isPlugin">True for foreign code, which may block its thread: it begins on a thread of its own.</param>
    public async Task<RunResult> RunAsync(Func<IJobTask> tasks, bool isPlugin)
    {
        if (_run.Stop is not StopReason.None)
            Kill();

        try
        {
            // Blocking tasks would soon exhaust the thread pool of the box.
            const TaskCreationOptions OwnThread = TaskCreationOptions.DenyChildAttach | TaskCreationOptions.LongRunning;
            var work = isPlugin
                ? Task.Factory.StartNew(() => Begin(tasks, isPlugin), CancellationToken.None, OwnThread, TaskScheduler.Default).Unwrap()
                : Begin(tasks, isPlugin);
            if (work.IsCompleted)
            {
                // The task ended at once. Lets other work run before the slot passes on, because the next job may do the same.
                await Task.Yield();
            }

            var outcome = await work.WaitAsync(_abandon.Token);
            if (outcome is null)
                return new RunResult(false, null, "its task returned no outcome");

            if (!outcome.WasStarted)
                return new RunResult(false, null, outcome.Error);

            Started();
            return new RunResult(outcome.Succeeded, outcome.Rc, outcome.Error, _outputs);
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            _log.Error("task of job {Job} abandoned: killed, but not ended; it may still run", Job.Id);
            return new RunResult(false, null, "its task was killed, but did not end");
        }
        catch (OperationCanceledException) when (_run.Stop is not StopReason.None)
        {
            return new RunResult(false);
        }
#pragma warning disable CA1031 // An exception of a plugin fails its own job only.
        catch (Exception problem)
        {
            _log.Error(problem, "task of job {Job} failed with an exception", Job.Id);
            return new RunResult(false, null, $"its task failed: {problem.GetType().Name}: {problem.Message}");
        }
#pragma warning restore CA1031
    }

    /// <summary>Cancels the task, and abandons it when it does not end in time.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _abandon.CancelAfter(Job.KillGrace + AbandonTimeout);
                _ = _kill.CancelAsync();
            }
        }
    }

    /// <inheritdoc/>
    public void Started(int? pid = null)
    {
        if (Interlocked.Exchange(ref _isStarted, 1) is 0)
        {
            _host.Execute((core, now) => core.Started(_run, pid, now));
            _log.Debug("job {Job} started, pid {Pid}", Job.Id, pid);
        }
        else if (pid is not null)
        {
            _host.Execute((core, now) => core.Report(_run, job => job with { Status = job.Status with { Pid = pid } }, now));
        }
    }

    /// <inheritdoc/>
    public void Report(string key, JsonNode? value)
    {
        var element = JsonSerializer.SerializeToElement(value);
        if (!JobAttributes.TryFind(key, out var known))
        {
            _host.Execute((core, now) => core.Report(_run, job => JobAttributes.SetExtra(job, key, element), now));
            return;
        }

        if (known.Role is not (JobAttributeRole.Run or JobAttributeRole.Mark))
            throw new ArgumentException($"'{key}' is set by the box itself", nameof(key));

        var read = known.Read(_run.Job, element, out var problem);
        if (problem is not null)
            throw new ArgumentException(problem, nameof(value));

        _host.Execute((core, now) => core.Report(_run, job => known.Copy(read, job), now));
    }

    /// <inheritdoc/>
    public void ReportOutputs(KeptOutputs outputs) => _outputs = outputs;

    /// <inheritdoc/>
    public void Log(string message) => _log.Information("job {Job}: {Message}", Job.Id, message);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _kill.Dispose();
            _abandon.Dispose();
        }
    }

    // A plugin need not tell when it has started. A process does, with its pid.
    private Task<JobOutcome> Begin(Func<IJobTask> tasks, bool isPlugin)
    {
        var work = tasks().RunAsync(this, _kill.Token) ?? Task.FromResult<JobOutcome>(null!);
        if (!work.IsCompleted && isPlugin)
            Started();

        return work;
    }
}
