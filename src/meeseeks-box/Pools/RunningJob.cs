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
    private readonly RunAccount? _account;
    private readonly CoreHost _host;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _kill = new();
    private readonly CancellationTokenSource _abandon;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProcessEnd? _end;
    private Action<Task>? _recorded;
    private bool _isOver;
    private bool _isAbandoned;
    private int _isStarted;

    /// <param name="run">The run.</param>
    /// <param name="description">Its job.</param>
    /// <param name="account">As which it is started; null for a run that has been started before.</param>
    /// <param name="isPlugin">True for foreign code, which may block its thread: it begins on a thread of its own.</param>
    /// <param name="host">The core.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives failures of the task.</param>
    public RunningJob(
        Run run, JobDescription description, RunAccount? account, bool isPlugin, CoreHost host, TimeProvider time, ILogger log)
    {
        _run = run;
        _account = account;
        Job = description;
        IsProcess = !isPlugin;
        _host = host;
        _log = log;
        Control = new ProcessControl(run, IsProcess, host, time, Log);
        _abandon = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <inheritdoc/>
    public JobDescription Job { get; }

    /// <summary>True when its task is a process of the runner, and no plugin.</summary>
    public bool IsProcess { get; }

    /// <summary>Suspends and signals its process.</summary>
    public ProcessControl Control { get; }

    /// <summary>Runs the task to its end; never throws what the task throws.</summary>
    /// <returns>The result of the run; null after <see cref="Release"/>.</returns>
    /// <param name="tasks">Creates the task.</param>
    public async Task<RunResult?> RunAsync(Func<IJobTask> tasks)
    {
        if (_run.Stop is not StopReason.None)
            Kill();

        try
        {
            // Blocking tasks would soon exhaust the thread pool of the box.
            const TaskCreationOptions OwnThread = TaskCreationOptions.DenyChildAttach | TaskCreationOptions.LongRunning;
            var work = !IsProcess
                ? Task.Factory.StartNew(() => Begin(tasks), CancellationToken.None, OwnThread, TaskScheduler.Default).Unwrap()
                : Begin(tasks);
            if (work.IsCompleted)
            {
                // The task ended at once. Lets other work run before the slot passes on, because the next job may do the same.
                await Task.Yield();
            }

            if (await Task.WhenAny(work, _released.Task).WaitAsync(_abandon.Token) != work)
                return null;

            var outcome = await work;
            if (outcome is null)
                return new RunResult(false, null, "its task returned no outcome");

            if (!outcome.WasStarted)
                return new RunResult(false, null, outcome.Error);

            Started();
            return new RunResult(outcome.Succeeded, outcome.Rc, outcome.Error, _end?.EndTs, _end?.Outputs, _end?.Usage);
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            _log.Error("task of job {Job} abandoned: killed, but not ended; it may still run", Job.Id);
            lock (_lock)
            {
                _isAbandoned = true;
                return new RunResult(false, null, "its task was killed, but did not end", _end?.EndTs, _end?.Outputs, _end?.Usage);
            }
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
    public void Started(int? pid = null) => Started(pid, at: null);

    /// <inheritdoc/>
    public void Started(int pid, double startTs) => Started((int?)pid, startTs);

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
    public RunAccount Account => _account ?? throw new InvalidOperationException("a run that goes on is not started");

    /// <inheritdoc/>
    public FormerRun Identity => FormerRun.Of(_run);

    /// <inheritdoc/>
    public RunTimeLimit Limit { get; } = new();

    /// <inheritdoc/>
    public bool IsAbandoned
    {
        get
        {
            lock (_lock)
                return _isAbandoned;
        }
    }

    /// <inheritdoc/>
    public bool TryReportEnd(ProcessEnd end, Action<Task> recorded)
    {
        lock (_lock)
        {
            if (!_isAbandoned)
                (_end, _recorded) = (end, recorded);
            return !_isAbandoned;
        }
    }

    /// <summary>Tells the task that the result of the run is recorded when a task has completed.</summary>
    public void Recorded(Task recorded) => _recorded?.Invoke(recorded);

    /// <summary>Leaves the run to a later instance of the box: it has no result here.</summary>
    public void Release() => _released.TrySetResult();

    /// <inheritdoc/>
    public void Attach(RunnerRun process) => Control.Attach(process);

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

    private void Started(int? pid, double? at)
    {
        if (Interlocked.Exchange(ref _isStarted, 1) is 0)
        {
            _host.Execute((core, now) => core.Started(_run, pid, now, at));
            _log.Debug("job {Job} started, pid {Pid}", Job.Id, pid);
        }
        else if (pid is not null)
        {
            _host.Execute((core, now) => core.Report(_run, job => job with { Status = job.Status with { Pid = pid } }, now));
        }
    }

    // A plugin need not tell when it has started. A process does, with its pid.
    private Task<JobOutcome> Begin(Func<IJobTask> tasks)
    {
        var work = tasks().RunAsync(this, _kill.Token) ?? Task.FromResult<JobOutcome>(null!);
        if (!work.IsCompleted && !IsProcess)
            Started();

        return work;
    }
}
