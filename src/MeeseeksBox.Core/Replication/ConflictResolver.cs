using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Resolves the conflict of two copies of one job (docs/SPECIFICATION.md#conflicts).</summary>
/// <remarks>
/// Spec and status are merged separately. The owner, the node that the job is on, is authoritative for the status; any node may change the
/// spec. The status comes from the copy with more progress, whatever the clocks show. <see cref="SpecMerge"/> merges the spec.
/// </remarks>
internal static class ConflictResolver
{
    /// <summary>Decides how a received copy and the local copy merge.</summary>
    /// <param name="local">The local copy.</param>
    /// <param name="remote">The received copy.</param>
    /// <param name="here">The name of this node.</param>
    /// <param name="runsHere">True while this node runs the job.</param>
    public static MergeDecision Resolve(Job local, Job remote, string here, bool runsHere)
    {
        var isOwner = local.Status.Node == here;
        var newer = CopyOrder.Dominates(remote, local);
        var later = remote.Ts > local.Ts;
        return (CopyOrder.AreSameSubmission(remote, local), remote.Status.Node == local.Status.Node) switch
        {
            (false, _) when IsKillLeft(local, remote, newer) => MergeDecision.Kill,
            (false, _) when !runsHere && IsRerunNeedless(local, remote, newer) => MergeDecision.TakeEnd,
            (false, _) => Replace(newer, runsHere),
            (true, _) when runsHere && !isOwner => Replace(newer, runsHere),
            (true, false) => ResolveMoved(local, remote, isOwner, runsHere, newer, later),
            (true, true) when isOwner => ResolveOwned(local, remote, runsHere, newer, later),
            (true, true) => ResolveReported(local, remote, newer, later),
        };
    }

    private static MergeDecision Replace(bool newer, bool runsHere) =>
        !newer ? MergeDecision.KeepLocal : runsHere ? MergeDecision.Supersede : MergeDecision.TakeRemote;

    // Nodes ran the job again by themselves, or a person did at another node, before the kill of an earlier epoch had reached them.
    private static bool IsKillLeft(Job local, Job remote, bool newer)
    {
        var (earlier, later) = newer ? (local, remote) : (remote, local);
        return CopyOrder.IsKillFor(earlier, later);
    }

    // A node that had given the job up waits to run it again, and the run that it has not heard of was a success.
    private static bool IsRerunNeedless(Job local, Job remote, bool newer)
    {
        var (earlier, later) = newer ? (local, remote) : (remote, local);
        return earlier is { Status.State: JobState.Done, HasEnded: true }
            && later is { Status.State: JobState.New, Spec: { Resubmit: not true, Restart: not true } }
            && (earlier.Status.SubmitTs, earlier.Status.RestartedAt) == (later.Status.SubmitTs, later.Status.RestartedAt)
            && earlier.Status.StartCount >= later.Status.StartCount;
    }

    // One of the copies has been assigned to another node.
    private static MergeDecision ResolveMoved(Job local, Job remote, bool isOwner, bool runsHere, bool newer, bool later)
    {
        // Another head assigned the job to a new node before the kill arrived there, and the kill went to the old node.
        var isKillMissed = IsKillOf(local, remote)
            ? !newer
            : IsKillOf(remote, local) && (newer || (later && IsKillPending(local) && !isOwner));
        if (isKillMissed)
            return MergeDecision.Kill;

        // Keep the local run: the remote edit predates the assignment of the job to this node.
        return runsHere && remote.Status.State is JobState.New && remote.Status.StartCount <= local.Status.StartCount
            ? Combine(newer: false, later)
            : Replace(newer, runsHere);
    }

    // The owner is authoritative for the status. During a run, it accepts only a kill and the spec from outside. Otherwise it also accepts
    // a restart, and an end that it has lost itself.
    private static MergeDecision ResolveOwned(Job local, Job remote, bool runsHere, bool newer, bool later)
    {
        var isAhead = remote.Status.StartCount > local.Status.StartCount;
        if (remote.Status.State is JobState.Killed && local.IsLive && (runsHere || !isAhead))
            return later ? MergeDecision.TakeRemoteSpec : MergeDecision.Kill;

        if (runsHere || !newer)
            return Combine(newer: false, later);

        // Another node gave the job up, and sends it here again without having heard of the kill.
        if (IsKillOf(remote, local))
            return MergeDecision.Kill;

        var isKnownHere = !isAhead && (remote.IsLive
            ? !(local.HasEnded && IsRestartedByLegacyPeer(remote.Status, local.Status))
            : remote.Status.State is JobState.Killed && (remote.Status.Active || local.Status.State is not JobState.Killed));

        // A later stamp suffices as the answer only when the stamp alone makes the remote copy newer. A copy with more progress, as against
        // a presumption, would outrank the answer too.
        return isKnownHere && later && !CopyOrder.IsIrreconcilable(remote, SpecMerge.Merged(local, remote))
            ? MergeDecision.TakeRemoteSpec
            : MergeDecision.TakeRemote;
    }

    // Both copies are reports of the owner, another node.
    private static MergeDecision ResolveReported(Job local, Job remote, bool newer, bool later) =>
        (IsKillPending(local) && remote.IsLive, IsKillPending(remote) && local.IsLive) switch
        {
            (_, true) when newer && later => MergeDecision.TakeRemote,
            (_, true) => MergeDecision.Kill,
            (true, _) when newer || later => MergeDecision.Kill,
            (true, _) => MergeDecision.KeepLocal,

            // A later stamp in answer to a presumption would count as a report of the job, and postpone our own expiry of it.
            _ when !newer && remote.Phase is JobPhase.PresumedLost => MergeDecision.KeepLocal,
            _ => Combine(newer, later || (newer && remote.Ts == local.Ts)),
        };

    // The status by progress, the spec by stamp.
    private static MergeDecision Combine(bool newer, bool later) => (newer, later) switch
    {
        (true, true) => MergeDecision.TakeRemote,
        (true, false) => MergeDecision.TakeRemoteStatus,
        (false, true) => MergeDecision.TakeRemoteSpec,
        (false, false) => MergeDecision.KeepLocal,
    };

    // The job was killed, and no person restarted it since.
    private static bool IsKillOf(Job live, Job killed) => killed.Status.State is JobState.Killed
        && live.IsLive
        && (IsKillPending(killed) || !IsRestartedByLegacyPeer(live.Status, killed.Status));

    // The kill is requested, and the owner has not confirmed it.
    private static bool IsKillPending(Job job) =>
        job.Status.State is JobState.Killed && job.Phase is JobPhase.Ending or JobPhase.PresumedLost;

    // We open a new epoch at a restart; legacy peers do not. The copy of a restart keeps the times of the run before (the recordings show
    // it): it repeats the end that we reported, or lacks the start that we have. Any other live copy is older than the end.
    private static bool IsRestartedByLegacyPeer(JobStatus remote, JobStatus local) =>
        remote.State is JobState.New && remote.StartCount == local.StartCount
        && (remote.EndTs is not null ? remote.EndTs == local.EndTs : remote.StartTs is null && local.StartTs is not null);
}
