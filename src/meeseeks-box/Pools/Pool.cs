using System.Collections.Concurrent;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Signals;
using Serilog;

namespace MeeseeksBox.Agent.Pools;

/// <summary>A pool of this node: starts jobs when slots are free, and cancels runs.</summary>
internal sealed class Pool(
    string name,
    string node,
    PoolDefinition plan,
    Func<RunnerRun, IJobTask> followers,
    RunIdGenerator runIds,
    JobAccounts accounts,
    CoreHost host,
    TimeProvider time,
    ILogger log)
{
    private readonly AsyncSignal _woken = new();
    private readonly ConcurrentDictionary<Run, RunningJob> _jobs = new();
    private readonly TaskTracker _tasks = new();
    private PoolDefinition _plan = plan;

    /// <summary>Signals that there may be a job to start.</summary>
    public void Wake() => _woken.Set();

    /// <summary>Replaces the configuration, from the next run on.</summary>
    public void Apply(PoolDefinition changed) => Volatile.Write(ref _plan, changed);

    /// <summary>Cancels a run.</summary>
    public void Stop(Run run)
    {
        if (_jobs.TryGetValue(run, out var job))
            job.Kill();
    }

    /// <summary>Starts all jobs that can start whenever it is woken, until <see cref="Complete"/>.</summary>
    public async Task RunAsync()
    {
        while (await _woken.WaitAsync())
        {
            while (host.Execute((core, now) => core.ClaimNext(name, now)) is { } run)
                Start(run);
        }
    }

    /// <summary>Ends <see cref="RunAsync()"/>.</summary>
    public void Complete() => _woken.Complete();

    /// <summary>Completes when all runs have ended; call it after the end of <see cref="RunAsync()"/>.</summary>
    public Task WhenIdleAsync() => _tasks.WhenAllAsync();

    /// <summary>Takes over a run of a former instance of the box.</summary>
    public void Adopt(AdoptedRun adopted)
    {
        // Known at once, so that a stop that comes early leaves it alone.
        var config = Volatile.Read(ref _plan).Config;
        var job = Create(adopted.Run, Describe(adopted.Run, config, adopted.Process.Id, login: null), null, isPlugin: false, adopted.Limit);
        _tasks.Add(Task.Run(() => RunAsync(adopted.Run, job, () => followers(adopted.Process))));
    }

    /// <summary>Sets the time limit of a run, in seconds from its start; null for none.</summary>
    public void Limit(Run run, double? seconds)
    {
        if (_jobs.TryGetValue(run, out var job))
            job.Limit.Set(seconds);
    }

    /// <summary>Stops the processes of a run, or continues them.</summary>
    public void FollowSuspension(Run run)
    {
        if (_jobs.TryGetValue(run, out var job))
            job.Control.FollowSuspension();
    }

    /// <summary>Sends a signal to the process of a run.</summary>
    /// <returns>Null when it was sent; else why it was not.</returns>
    public Task<string?> SignalAsync(Run run, Signal signal) => _jobs.TryGetValue(run, out var job)
        ? job.Control.SignalAsync(signal)
        : Task.FromResult<string?>($"job '{run.Job.Id}' has no process at present");

    /// <summary>True for a run that can outlive this instance of the box: one whose process the runner has.</summary>
    public bool CanOutlive(Run run) => _jobs.TryGetValue(run, out var job) && job.IsProcess;

    /// <summary>Leaves the runs that are not stopped to a later instance of the box.</summary>
    public void Release()
    {
        foreach (var (run, job) in _jobs)
        {
            if (run.Stop is StopReason.None && job.IsProcess)
                job.Release();
        }
    }

    // Not on the thread of the pool's loop, because starting a process takes longer than all the rest.
    private void Start(Run run) => _tasks.Add(Task.Run(() => RunAsync(run, adopted: null, tasks: null)));

    // The slot passes to the next job on the same thread: waking the loop would cost more than all the work of the core.
    private async Task RunAsync(Run first, RunningJob? adopted, Func<IJobTask>? tasks)
    {
        for (var run = first; run is not null; (adopted, tasks) = (null, null))
        {
            // A job may not run before its submit is in the journal: after a crash nobody would know it. On a full disk jobs of heads run.
            if (adopted is null)
                await host.WrittenAsync(run.Job.Seq, orFailing: true);

            // A look-up of a user may ask another host.
            if (adopted is null && accounts.NeedsLookup(run.Job, Volatile.Read(ref _plan).Config.User))
                await Task.Yield();

            var (job, problem) = adopted is null ? TryCreate(run) : (adopted, null);
            using (job)
            {
                if (await EndOfAsync(run, job, tasks, problem) is not { } end)
                    return;

                var (next, seq) = host.Execute((core, now) =>
                {
                    core.Ended(run, end, now);
                    return (core.ClaimNext(name, now), core.Seq);
                });
                _ = _jobs.TryRemove(run, out _);
                if (end.Outputs is { } outputs)
                {
                    // A run that was superseded has no result.
                    host.Outputs.DeleteRejected([run.Job with { Status = outputs.In(run.Job.Status) }]);
                }

                job?.Recorded(host.WrittenAsync(seq));
                LogEnd(run, end);
                run = next;
            }
        }
    }

    // Null when the run outlives this instance of the box.
    private async Task<RunResult?> EndOfAsync(Run run, RunningJob? job, Func<IJobTask>? tasks, string? problem)
    {
        if (job is null)
        {
            // Lets other work run before the slot passes on, because the next job may be rejected too.
            await Task.Yield();
            return new RunResult(false, null, problem);
        }

        try
        {
            return await job.RunAsync(tasks ?? Volatile.Read(ref _plan).Tasks);
        }
#pragma warning disable CA1031 // The slot must be released after any failure.
        catch (Exception fault)
        {
            return new RunResult(false, null, InternalError(run, fault));
        }
#pragma warning restore CA1031
    }

    private (RunningJob? Job, string? Problem) TryCreate(Run run)
    {
        try
        {
            var config = Volatile.Read(ref _plan).Config;
            var isPlugin = config.Plugin is not null;
            var account = accounts.Of(run.Job, config.User, isPlugin);
            return account.IsSuccess
                ? (Create(run, Describe(run, config, runIds.Next(), account.Value.Login), account.Value, isPlugin, run.FirstLimit), null)
                : (null, account.Problem);
        }
#pragma warning disable CA1031 // The slot must be released after any failure.
        catch (Exception fault)
        {
            return (null, InternalError(run, fault));
        }
#pragma warning restore CA1031
    }

    private RunningJob Create(Run run, JobDescription description, RunAccount? account, bool isPlugin, double? limit)
    {
        var job = new RunningJob(run, description, account, isPlugin, host, time, log);
        job.Limit.Set(limit);
        if (isPlugin && description is not { Memory: null, Cpus: null })
            job.Log("its memory and cpus are up to its plugin: the box enforces them for processes only");
        _jobs[run] = job;
        return job;
    }

    private string InternalError(Run run, Exception fault)
    {
        log.Error(fault, "job {Job} failed: internal error; please report it", run.Job.Id);
        return $"internal error of meeseeks-box: {fault.Message}";
    }

    private JobDescription Describe(Run run, PoolConfig config, string name, Account? login)
    {
        var job = run.Job;
        var folder = job.Spec.Cwd ?? ConfiguredFolder(job.Spec.Config) ?? (login is null ? null : HomeOf(login));
        return new JobDescription
        {
            Id = job.Id,
            Run = name,
            Pool = job.Spec.Pool,
            Node = node,
            Args = job.Spec.Args,
            Tags = job.Spec.Tags,
            Stdin = job.Spec.Stdin,
            Stdout = job.Spec.Stdout,
            Stderr = job.Spec.Stderr,
            WorkingDirectory = folder,
            Environment = JobEnvironment.Of(job, node, name, folder, login),
            Config = job.Spec.Config,
            Memory = config.MemoryOf(job.Spec),
            Cpus = config.CpusOf(job.Spec),
            OutputLimit = config.OutputLimit,
            KillGrace = config.KillGrace,
        };
    }

    // The folder of the box may be closed to the user.
    private static string HomeOf(Account login) => login.Home is { } home && Directory.Exists(home) ? home : "/";

    private static string? ConfiguredFolder(JsonElement? config) =>
        config?.TryGetProperty("cwd", out var folder) is true && LenientJson.TryString(folder, out var path) ? path : null;

    private void LogEnd(Run run, RunResult end)
    {
        switch (run.Stop, end)
        {
            case (StopReason.None, { Succeeded: true }):
                log.Information("job {Job} done", run.Job.Id);
                break;
            case (StopReason.None, { Error: null }):
                log.Information("job {Job} failed with exit status {Rc}", run.Job.Id, end.Rc);
                break;
            case (StopReason.None, _):
                log.Information("job {Job} failed: {Error}", run.Job.Id, end.Error);
                break;
            default:
                log.Information("job {Job} ended before its time: {Reason}", run.Job.Id, run.Stop);
                break;
        }
    }
}
