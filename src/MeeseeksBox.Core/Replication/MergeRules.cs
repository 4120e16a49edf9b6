using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Takes in jobs as other nodes know them (docs/SPECIFICATION.md#conflicts).</summary>
internal sealed class MergeRules(NodeCoreState state, KillRules killing, RunLifecycle running, UnassignedCopies unassigned, LegacyNodeReruns reruns)
{
    /// <summary>Takes in one copy; true when anything of it was taken over.</summary>
    public bool Merge(Job theirs, Instant now)
    {
        if (theirs.Node is null)
        {
            return unassigned.Merge(theirs, now);
        }

        var isTaken = MergeAssigned(theirs, now);
        if (state.Jobs.TryFind(theirs.Id, out var entry))
        {
            reruns.Consider(entry, now);
        }

        return isTaken;
    }

    private bool MergeAssigned(Job theirs, Instant now)
    {
        if (!state.Jobs.TryFind(theirs.Id, out var entry))
        {
            if (state.Jobs.Tombstones.Find(theirs) is not { } tombstone)
            {
                TakeRemote(theirs, now);
                return true;
            }

            if (theirs.HasEnded && !ConflictResolver.Dominates(theirs, tombstone))
            {
                return false;
            }

            // Its end is in the history. It comes back so that whoever takes it for alive hears of that.
            entry = state.Jobs.Upsert(tombstone, now);
            entry.IsEndRecorded = true;
        }

        if (IsConfiguration(theirs) != IsConfiguration(entry.Job) && ConflictResolver.AreSameSubmission(theirs, entry.Job))
        {
            // Whether a job is a configuration was judged by its pool, when it came.
            return false;
        }

        switch (ConflictResolver.Resolve(entry.Job, theirs, state.Settings.Name, entry.Run is not null))
        {
            case MergeDecision.TakeRemote:
                TakeRemote(theirs, now);
                return true;
            case MergeDecision.Supersede:
                Supersede(entry);
                TakeRemote(theirs, now);
                return true;
            case MergeDecision.TakeRemoteSpec:
                return TakeRemoteSpec(entry, theirs, now);
            case MergeDecision.TakeRemoteStatus:
                state.RecordEnd(state.ApplyMerged(entry, ConflictResolver.WithSpecOf(theirs, entry.Job), theirs, now));
                return true;
            case MergeDecision.Kill:
                Kill(entry, theirs, now);
                return true;
            case MergeDecision.KeepLocal:
                return false;
            default:
                throw new InvalidOperationException("An unknown verdict about a copy of a job.");
        }
    }

    private static bool IsConfiguration(Job job) => job.Pool is NodeSettings.ConfigPool;

    private void TakeRemote(Job theirs, Instant now)
    {
        var sameSubmission = state.Jobs.TryFind(theirs.Id, out var known) && ConflictResolver.AreSameSubmission(known.Job, theirs);
        var entry = state.Jobs.Upsert(theirs, now);

        // We may not have seen it alive since it was sent off anew.
        entry.IsEndRecorded &= sameSubmission && !theirs.IsLive;
        if (theirs is { State: JobState.New, EndTs: not null } && theirs.StartCount + theirs.FailCount + theirs.Epoch > 0)
        {
            // It is about to run again after an end: the pause counts from when we heard of it, since clocks differ.
            entry.NotBefore = now.Monotonic + (state.Settings.Pool(theirs.Pool)?.RestartDelay ?? 1);
            state.Jobs.Refresh(entry, now);
        }

        Reconcile(entry, now);
        state.RecordEnd(entry);
    }

    /// <summary>Brings a job that was put into the table from outside in step with what this node knows of itself.</summary>
    public void Reconcile(JobEntry entry, Instant now)
    {
        var job = entry.Job;
        if (job.Node != state.Settings.Name || entry.Run is not null)
        {
            return;
        }

        if (job.State is JobState.Running || (job.State is JobState.Killed && job.Active))
        {
            running.Crashed(entry, now);
        }
        else if (ConflictResolver.IsPresumedLost(job))
        {
            // Whoever took it for lost was right, and now its node says so.
            state.RecordEnd(state.ApplyLocal(entry, job with { Active = false, Error = job.State is JobState.Killed ? null : RunLifecycle.CrashError }, now));
        }
        else if (job.Active != (job.State is JobState.New && state.Jobs.IsHere(job)))
        {
            state.RecordEnd(state.ApplyLocal(entry, job with { Active = !job.Active }, now));
        }
    }

    // Ours becomes the newer copy, so that the others learn what has come of the job. Those that keep theirs all the same are told once, and
    // again when there is news: several of them would answer each other through us for ever.
    private bool TakeRemoteSpec(JobEntry entry, Job theirs, Instant now)
    {
        if (IsKnownDivergence(entry, theirs))
        {
            var isAnswered = entry.LatestDivergentStamp > 0;
            entry.LatestDivergentStamp = Math.Max(entry.LatestDivergentStamp, theirs.Ts);
            if (isAnswered)
            {
                return false;
            }
        }

        entry = state.ApplyMerged(entry, ConflictResolver.WithSpecOf(entry.Job, theirs), theirs, now);
        if (theirs.State is JobState.Killed)
        {
            entry = killing.Kill(entry, now);
        }

        if (entry.Run is { } run)
        {
            running.SetLimit(run, entry.Job);
        }

        return true;
    }

    // Of the run here, by somebody who will keep his copy and asks for nothing.
    private static bool IsKnownDivergence(JobEntry entry, Job theirs) => entry.Run is not null
        && !(theirs.State is JobState.Killed && entry.Job.IsLive)
        && ConflictResolver.IsIrreconcilable(theirs, entry.Job)
        && ConflictResolver.SpecEquals(theirs, entry.Job);

    private void Kill(JobEntry entry, Job theirs, Instant now)
    {
        if (entry.Job.Node == state.Settings.Name)
        {
            _ = killing.Kill(entry, now);
            return;
        }

        var further = ConflictResolver.Dominates(theirs, entry.Job) ? theirs : entry.Job;
        entry = state.ApplyMerged(entry, further with { State = JobState.Killed, Active = true, Error = null }, theirs, now);
        Reconcile(entry, now);
    }

    // Its process still has to go; until then no other run of the job may start here.
    private void Supersede(JobEntry entry)
    {
        state.Cancel(entry.Run!, StopReason.Superseded);
        entry.StaleRun = entry.Run;
        entry.Run = null;
        entry.LatestDivergentStamp = 0;
    }
}
