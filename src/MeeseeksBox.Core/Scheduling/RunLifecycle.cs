using System.Globalization;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>The life of a run on this node: claimed, started, ended, and perhaps followed by another.</summary>
internal sealed class RunLifecycle(NodeCoreState state)
{
    /// <summary>Claims the next job of a pool, with a slot for it; null when no job waits or no slot is free.</summary>
    public Run? ClaimNext(string pool, Instant now)
    {
        Run? run = null;
        if (NextWaiting(pool) is { } entry)
        {
            run = new Run(entry.Job, now.Monotonic) { FirstLimit = LimitOf(entry.Job) };
            entry.Run = run;
            state.Runs.Add(run);
            state.Jobs.Refresh(entry, now);
        }

        if (NextWaiting(pool) is null)
            state.Effects.CancelWake(pool);

        return run;
    }

    /// <summary>Takes over a run of a former instance of this node (docs/SPECIFICATION.md#adoption).</summary>
    /// <returns>Null when its job does not wait for it: it is another run, or another job.</returns>
    public Run? Adopt(FormerRun former, Instant now)
    {
        if (!state.Jobs.TryFind(former.Job, out var entry) || entry.Run is not null || !IsRunOf(former, entry.Job.Status))
            return null;

        var run = new Run(entry.Job, now.Monotonic);
        entry.Run = run;
        state.Runs.Add(run);
        state.Jobs.Refresh(entry, now);
        if (former.Pid is not null)
        {
            run.StartedAt = now.Monotonic - former.Age;
            if (entry.Job.Status.StartCount == former.StartCount)
                SetStarted(entry, former.Pid, former.StartTs, now);
            if (!former.HasEnded)
                FollowSpec(run, entry.Job);
        }

        if (former.IsOverdue)
            state.Cancel(run, StopReason.Overdue);
        if (entry.Job.Status.State is JobState.Killed)
            state.Cancel(run, StopReason.Killed);
        if (state.Settings.Pool(entry.Job.Spec.Pool) is null)
            state.Cancel(run, StopReason.PoolRemoved);
        return run;
    }

    /// <summary>Records that a run has started.</summary>
    public void Started(Run run, int? pid, Instant now, double? at = null)
    {
        // One that was adopted before its start was recorded.
        if (run.StartedAt is not null)
            return;

        run.StartedAt = now.Monotonic;
        if (EntryOf(run) is not { } entry)
            return;

        SetStarted(entry, pid, at ?? now.Wall, now);
        SetLimit(run, entry.Job);
    }

    /// <summary>Changes attributes of the job of a run.</summary>
    public void Report(Run run, Func<Job, Job> change, Instant now)
    {
        if (EntryOf(run) is { } entry)
            _ = state.ApplyLocal(entry, change(entry.Job), now);
    }

    /// <summary>Records the end of a run. Its process has ended, and its slot is free again.</summary>
    public void Ended(Run run, RunResult end, Instant now)
    {
        if (!state.Runs.Remove(run))
            return;

        state.Effects.Wake(run.Job.Spec.Pool);
        if (state.Jobs.TryFind(run.Job.Id, out var superseding) && superseding.StaleRun == run)
        {
            superseding.StaleRun = null;
            state.Jobs.Refresh(superseding, now);
        }
        else if (EntryOf(run) is { } entry)
        {
            entry.Run = null;
            if (run.StartedAt is null && run.Stop is StopReason.Shutdown or StopReason.PoolRemoved)
            {
                // The run never started. The job keeps waiting: here after a restart of the box, or on a node that has its pool.
                _ = state.ApplyLocal(entry, entry.Job.Status with { Active = state.Jobs.IsHere(entry.Job) }, now);
            }
            else
            {
                EndRun(entry, RunSpec.AsRun(entry.Job, run.Job), WithResult(run, entry.Job, end), now, end.EndTs);
            }
        }
    }

    /// <summary>Records that a run was lost in a restart of the box.</summary>
    /// <remarks>The table has the job as running, or as a pending kill, on this node, and there is no run of it.</remarks>
    public void Crashed(JobEntry entry, Instant now)
    {
        var status = entry.Job.Status;
        EndRun(entry, entry.Job, status.State is JobState.Killed
            ? status with { Error = null }
            : status with { State = JobState.Failed, Error = JobStatus.CrashError, Rc = null, FailCount = status.FailCount + 1 }, now);
    }

    /// <summary>Records how a run ended, and runs the job again where its settings ask for that.</summary>
    /// <param name="entry">The job.</param>
    /// <param name="ran">The job with the spec that ran.</param>
    /// <param name="ended">The status at the end of the run.</param>
    /// <param name="now">The time.</param>
    /// <param name="at">When the run ended, in seconds since 1970; null: now.</param>
    public void EndRun(JobEntry entry, Job ran, JobStatus ended, Instant now, double? at = null)
    {
        var spec = entry.Job.Spec;
        ended = ended with { Active = false, Pid = null, EndTs = at ?? now.Wall };
        entry.NotBefore = now.Monotonic + (state.Settings.Pool(spec.Pool)?.RestartDelay ?? 1);
        if (RestartPolicy.NextRunAfter(spec, ended) is { } next)
        {
            state.Effects.AddEndedJob(ran with { Status = ended });
            _ = state.ApplyLocal(entry, next with { Active = state.Jobs.IsHere(next.Node, spec.Pool) }, now);
        }
        else
        {
            state.RecordEnd(state.ApplyLocal(entry, ran with { Status = ended }, now));
        }
    }

    /// <summary>Stops the runs that have reached their time limit.</summary>
    public void StopOverdue(Instant now)
    {
        while (state.Runs.TakeOverdue(now.Monotonic) is { } run)
            state.Cancel(run, StopReason.Overdue);
    }

    /// <summary>Applies what may change during a run: its time limit and its suspension.</summary>
    /// <param name="run">The run.</param>
    /// <param name="job">Its job.</param>
    /// <param name="isReceived">True for a spec of another node, which may repeat a request to suspend.</param>
    public void FollowSpec(Run run, Job job, bool isReceived = false)
    {
        SetLimit(run, job);
        FollowSuspension(run, job, isAsked: isReceived && job.Spec.Suspended is true);
    }

    /// <summary>Has the processes of a run stopped or continued.</summary>
    /// <param name="run">The run.</param>
    /// <param name="job">Its job.</param>
    /// <param name="isAsked">True for a request, which is carried out also when nothing changes.</param>
    public void FollowSuspension(Run run, Job job, bool isAsked)
    {
        var isSuspended = job.Spec.Suspended is true && job.IsLive;
        if (!isAsked && run.IsSuspended == isSuspended)
            return;

        run.IsSuspended = isSuspended;
        state.Effects.AddSuspendedRun(run);
    }

    /// <summary>Sets the time limit of a run, from the present limits of its job and its pool.</summary>
    public void SetLimit(Run run, Job job)
    {
        var before = run.LimitAt;
        state.Runs.Limit(run, run.StartedAt + LimitOf(job));
        if (run.LimitAt != before)
            state.Effects.AddLimitedRun(run);
    }

    private void SetStarted(JobEntry entry, int? pid, double at, Instant now)
    {
        var status = entry.Job.Status.WithoutResult();
        _ = state.ApplyLocal(entry, status with
        {
            State = status.State is JobState.New ? JobState.Running : status.State,
            Active = true,
            Pid = pid,
            StartTs = at,
            StartCount = status.StartCount + 1,
        }, now);
    }

    // The start need not have been recorded before the end of the former instance.
    private bool IsRunOf(FormerRun former, JobStatus status) =>
        status.Node == state.Settings.Name
        && status.Epoch == former.Epoch
        && status.SubmitTs == former.SubmitTs
        && (status.State, status.StartCount - former.StartCount) switch
        {
            (JobState.New, 0) => true,
            (JobState.Running, 1) => true,
            (JobState.Killed, 0 or 1) => status.Active,
            _ => false,
        };

    private JobEntry? NextWaiting(string pool) =>
        state.IsClosed || state.Settings.Pool(pool) is not { Hold: false, Slots: >= 0 } settings
            || (settings.Slots > 0 && state.Runs.Taken(pool) >= settings.Slots)
            ? null
            : state.Jobs.Queue(state.Settings.Name, pool)?.Waiting.Min;

    // Null for a superseded run, which is no longer the run of its job.
    private JobEntry? EntryOf(Run run) => state.Jobs.TryFind(run.Job.Id, out var entry) && entry.Run == run ? entry : null;

    private double? LimitOf(Job job)
    {
        var ofPool = state.Settings.Pool(job.Spec.Pool)?.MaxRuntime is > 0 and var pool ? pool : default(double?);
        var ofJob = job.Spec.Runtime is > 0 and var own ? own : default(double?);
        return ofJob is null || ofPool < ofJob ? ofPool : ofJob;
    }

    // A limit below 1 ms keeps its digits.
    private string OverdueError(Job job)
    {
        var limit = LimitOf(job);
        var digits = limit < 0.001 ? "0.############" : "0.###";
        return $"exceeded runtime of {limit?.ToString(digits, CultureInfo.InvariantCulture)} s";
    }

    private JobStatus WithResult(Run run, Job job, RunResult end)
    {
        var (outcome, error) = run.Stop switch
        {
            StopReason.Killed => (JobState.Killed, null),
            StopReason.Overdue => (JobState.Failed, OverdueError(job)),
            StopReason.PoolRemoved => (JobState.Failed, "its pool was removed from the node's configuration"),
            StopReason.Shutdown => (JobState.Failed, "shutdown"),
            _ => (end.Succeeded ? JobState.Done : JobState.Failed, JobStatus.RunError(end.Error)),
        };
        var status = end.Outputs?.In(job.Status) ?? job.Status;
        return (end.Usage?.In(status) ?? status) with
        {
            State = outcome,
            Rc = end.Rc,
            Error = error,
            FailCount = job.Status.FailCount + (outcome is JobState.Failed ? 1 : 0),
        };
    }
}
