using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.Pools;

/// <summary>One run of a job: stands between its task, which may do anything, and the ledger.</summary>
internal sealed class RunningJob : IJobRun, IDisposable
{
    // What a task gets to end after a kill, beyond its grace, before it is given up.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly Run _run;
    private readonly CoreHost _host;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _kill = new();
    private readonly CancellationTokenSource _abandon;
    private readonly Lock _lock = new();
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

    /// <summary>Runs the task to its end, whatever it does, and tells how the run ended.</summary>
    /// <param name="tasks">Makes the task.</param>
    /// <param name="mayBlock">True when it is not known to give its thread back soon: it then gets one of its own to begin on.</param>
    public async Task<RunResult> RunAsync(Func<IJobTask> tasks, bool mayBlock)
    {
        if (_run.Stop is not StopReason.None)
        {
            Kill();
        }

        try
        {
            // The threads that all of the box shares are soon used up by tasks that block.
            const TaskCreationOptions OwnThread = TaskCreationOptions.DenyChildAttach | TaskCreationOptions.LongRunning;
            var work = mayBlock
                ? Task.Factory.StartNew(() => Begin(tasks), CancellationToken.None, OwnThread, TaskScheduler.Default).Unwrap()
                : Begin(tasks);
            if (work.IsCompleted)
            {
                // One that could not even start: others get their turn before its slot goes to the next, which may be no better.
                await Task.Yield();
            }

            var outcome = await work.WaitAsync(_abandon.Token);
            if (outcome is null)
            {
                return new RunResult(false, null, "its task gave no outcome");
            }

            if (!outcome.WasStarted)
            {
                return new RunResult(false, null, outcome.Error);
            }

            Started();
            return new RunResult(outcome.Succeeded, outcome.Rc, outcome.Error);
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            _log.Error("the task of job {Job} does not end though it was killed; it is given up, and may still be at work", Job.Id);
            return new RunResult(false, null, "its task does not end though it was killed");
        }
        catch (OperationCanceledException) when (_run.Stop is not StopReason.None)
        {
            return new RunResult(false);
        }
#pragma warning disable CA1031 // A plugin may throw anything, and harms its own job only.
        catch (Exception problem)
        {
            _log.Error(problem, "the task of job {Job} threw", Job.Id);
            return new RunResult(false, null, $"its task failed: {problem.GetType().Name}: {problem.Message}");
        }
#pragma warning restore CA1031
    }

    /// <summary>Ends the run before its time.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _abandon.CancelAfter(Job.KillGrace + StartTimeout);
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
            _host.Execute((core, now) => core.Report(_run, job => job with { Pid = pid }, now));
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
        {
            throw new ArgumentException($"'{key}' is set by the box itself", nameof(key));
        }

        var read = known.Read(_run.Job, element, out var problem);
        if (problem is not null)
        {
            throw new ArgumentException(problem, nameof(value));
        }

        _host.Execute((core, now) => core.Report(_run, job => known.Copy(read, job), now));
    }

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

    private Task<JobOutcome> Begin(Func<IJobTask> tasks)
    {
        var work = tasks().RunAsync(this, _kill.Token) ?? Task.FromResult<JobOutcome>(null!);
        if (!work.IsCompleted)
        {
            Started();
        }

        return work;
    }
}
