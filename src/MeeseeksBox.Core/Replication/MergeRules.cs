using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Merges copies of jobs that other nodes send (docs/SPECIFICATION.md#conflicts).</summary>
internal sealed class MergeRules(
    NodeCoreState state,
    KillRules killRules,
    RunLifecycle runLifecycle,
    Reconciliation reconciliation,
    UnassignedCopies unassigned,
    LegacyNodeReruns reruns)
{
    /// <summary>Merges one copy; true when the local copy took anything from it.</summary>
    /// <param name="remote">The copy.</param>
    /// <param name="now">The time.</param>
    /// <param name="isReport">Whether it tells the status of the job. Else it is a wish, as that of a client.</param>
    public bool Merge(Job remote, Instant now, bool isReport = true)
    {
        remote = Suspension.WithoutStale(remote);
        if (remote.Status.Node is null || !isReport)
            return unassigned.Merge(remote, now);

        var hasChanged = MergeAssigned(remote, now);
        if (state.Jobs.TryFind(remote.Id, out var entry))
            reruns.Consider(entry, now);

        return hasChanged;
    }

    private bool MergeAssigned(Job remote, Instant now)
    {
        if (!state.Jobs.TryFind(remote.Id, out var entry))
        {
            if (state.Jobs.Tombstones.Find(remote) is not { } tombstone)
            {
                TakeRemote(remote, now);
                return true;
            }

            if (remote.HasEnded && !CopyOrder.Dominates(remote, tombstone))
                return false;

            // The sender has a live copy, or a newer one, of a job that ended and was removed here. The tombstone returns to the table as
            // the local copy, so that a sender with a live copy receives the end. The history has that end already.
            entry = state.Jobs.Upsert(tombstone, now);
            entry.IsEndRecorded = true;
        }

        if (IsConfiguration(remote) != IsConfiguration(entry.Job) && CopyOrder.AreSameSubmission(remote, entry.Job))
        {
            // A job in __config was validated as a configuration, a job of any other pool as a command: one must not become the other.
            return false;
        }

        switch (ConflictResolver.Resolve(entry.Job, remote, state.Settings.Name, entry.Run is not null))
        {
            case MergeDecision.TakeRemote:
                TakeRemote(remote, now);
                return true;
            case MergeDecision.Supersede:
                Supersede(entry);
                TakeRemote(remote, now);
                return true;
            case MergeDecision.TakeRemoteSpec:
                return TakeRemoteSpec(entry, remote, now);
            case MergeDecision.TakeRemoteStatus:
                state.RecordEnd(state.ApplyMerged(entry, SpecMerge.Merged(remote, entry.Job), remote, now));
                return true;
            case MergeDecision.Kill:
                Kill(entry, remote, now);
                return true;
            case MergeDecision.TakeEnd:
                TakeEnd(entry, remote, now);
                return true;
            case MergeDecision.KeepLocal when HasSpecToKeep(remote, entry.Job):
                ApplySpec(entry, remote, now);
                return true;
            case MergeDecision.KeepLocal:
                return false;
            default:
                throw new InvalidOperationException("Unknown merge decision.");
        }
    }

    /// <summary>A received copy with what it left out, because it was too long for a line (docs/SPECIFICATION.md#line-size).</summary>
    public Job Completed(Job remote)
    {
        if (remote is { Spec.Pool.Length: > 0, Status: { StdoutTruncated: not true, StderrTruncated: not true } })
            return remote;

        var local = state.Jobs.TryFind(remote.Id, out var entry) ? entry.Job : state.Jobs.Tombstones.Find(remote);
        if (local is null)
            return remote;

        remote = SpecMerge.Completed(remote, local);
        return local.Status.StartCount == remote.Status.StartCount && CopyOrder.AreSameSubmission(local, remote)
            ? remote with { Status = remote.Status.WithOutputsOf(local.Status) }
            : remote;
    }

    private static bool IsConfiguration(Job job) => job.Spec.Pool is NodeSettings.ConfigPool;

    private void TakeRemote(Job remote, Instant now)
    {
        var isKnown = state.Jobs.TryFind(remote.Id, out var known);
        var sameSubmission = isKnown && CopyOrder.AreSameSubmission(known!.Job, remote);
        var entry = isKnown && HasSpecToKeep(known!.Job, remote)
            ? state.ApplyMerged(known, SpecMerge.Merged(remote, known.Job), remote, now)
            : state.Jobs.Upsert(remote, now);

        // A new submission has an end of its own to record, even if this node never received a live copy of it.
        entry.IsEndRecorded &= sameSubmission && !remote.IsLive;
        if (entry.Job.Phase is JobPhase.Requeued)
        {
            // The restart delay counts from the arrival of the copy, since clocks differ.
            entry.NotBefore = now.Monotonic + (state.Settings.Pool(remote.Spec.Pool)?.RestartDelay ?? 1);
            state.Jobs.Refresh(entry, now);
        }

        reconciliation.Reconcile(entry, now);
        state.RecordEnd(entry);
    }

    // Takes the spec and restamps our copy, so that it wins everywhere and publishes the status. A peer whose copy outranks every answer
    // (divergence) is answered once per local change: otherwise several such peers would answer each other through this node forever.
    private bool TakeRemoteSpec(JobEntry entry, Job remote, Instant now)
    {
        if (IsKnownDivergence(entry, remote))
        {
            var isAnswered = entry.LatestDivergentStamp > 0;
            entry.LatestDivergentStamp = Math.Max(entry.LatestDivergentStamp, remote.Ts);
            if (isAnswered)
                return false;
        }

        ApplySpec(entry, remote, now);
        if (remote.Status.State is JobState.Killed)
            _ = killRules.Kill(entry, remote.Status.KilledAt, now);

        return true;
    }

    private void ApplySpec(JobEntry entry, Job remote, Instant now)
    {
        entry = state.ApplyMerged(entry, SpecMerge.Merged(entry.Job, remote), remote, now);
        if (entry.Run is { } run)
            runLifecycle.FollowSpec(run, entry.Job, isReceived: true);
    }

    // The status of the other copy holds, but its spec is the one before a change. A live copy after an end is a restart by a legacy peer,
    // with a spec of its own.
    private static bool HasSpecToKeep(Job copy, Job other) => copy.Status.SubmitTs == other.Status.SubmitTs
        && SpecMerge.HasLaterChange(copy, other)
        && !(copy.HasEnded && copy.Phase is not JobPhase.PresumedLost && other.IsLive && CopyOrder.AreSameSubmission(copy, other));

    // True for a copy that diverges from the local run without a request: neither a kill nor a change of the spec.
    private static bool IsKnownDivergence(JobEntry entry, Job remote) => entry.Run is not null
        && !(remote.Status.State is JobState.Killed && entry.Job.IsLive)
        && CopyOrder.IsIrreconcilable(remote, entry.Job)
        && SpecMerge.AreSame(remote, entry.Job);

    private void Kill(JobEntry entry, Job remote, Instant now)
    {
        var local = entry.Job;
        var isOurs = local.IsLive && local.Status.Node == state.Settings.Name && CopyOrder.AreSameSubmission(remote, local);
        var isBehind = !isOurs && CopyOrder.Dominates(remote, local);
        var killedAt = Math.Max(local.Status.KilledAt, remote.Status.KilledAt);
        var furthest = isBehind ? SpecMerge.Merged(remote, local) : SpecMerge.Merged(local, remote);
        if (isBehind && entry.Run is not null)
            Supersede(entry);

        if (furthest.Status.Node is { } node && node != state.Settings.Name)
        {
            var status = furthest.Status with { State = JobState.Killed, KilledAt = killedAt, Active = true, Error = null };
            furthest = furthest with { Status = status };
        }

        if (!ReferenceEquals(furthest, local))
            entry = state.ApplyMerged(entry, furthest, remote, now);

        // At its node, or without one, it is still live.
        _ = killRules.Kill(entry, killedAt, now);
        reconciliation.Reconcile(entry, now);
    }

    private void TakeEnd(JobEntry entry, Job remote, Instant now)
    {
        var (ended, later) = remote.HasEnded ? (remote, entry.Job) : (entry.Job, remote);
        ended = ended with { Status = ended.Status with { Epoch = later.Status.Epoch } };
        state.RecordEnd(state.ApplyMerged(entry, SpecMerge.Merged(ended, later), remote, now));
    }

    // The process of the stale run is still alive: StaleRun blocks the next run of the job on this node until it has ended.
    private void Supersede(JobEntry entry)
    {
        state.Cancel(entry.Run!, StopReason.Superseded);
        entry.StaleRun = entry.Run;
        entry.Run = null;
        entry.LatestDivergentStamp = 0;
    }
}
