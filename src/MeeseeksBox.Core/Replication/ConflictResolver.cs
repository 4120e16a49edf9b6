using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Resolves the conflict of two copies of one job (docs/SPECIFICATION.md#conflicts).</summary>
/// <remarks>
/// A copy has a status and a spec, which are merged separately. The owner, the node that the job is on, is authoritative for the status;
/// any node may change the spec. The status comes from the copy with more progress, whatever the clocks show. The spec comes from the copy
/// with the later stamp.
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
        var newer = Dominates(remote, local);
        var later = remote.Ts > local.Ts;
        if (AreSameSubmission(remote, local) && remote.Node != local.Node && (!runsHere || local.Node == here))
        {
            if (IsKillMissed(local, remote, here, newer, later))
            {
                return MergeDecision.Kill;
            }

            // Keep the local run: the remote edit predates the assignment of the job to this node.
            if (runsHere && remote.State is JobState.New && remote.StartCount <= local.StartCount)
            {
                return later ? MergeDecision.TakeRemoteSpec : MergeDecision.KeepLocal;
            }
        }

        if (!AreSameSubmission(remote, local) || remote.Node != local.Node || (runsHere && local.Node != here))
        {
            return !newer ? MergeDecision.KeepLocal : runsHere ? MergeDecision.Supersede : MergeDecision.TakeRemote;
        }

        // From here on, both copies are of the same submission and have the same owner.
        if (local.Node == here)
        {
            return ResolveOwned(local, remote, runsHere, newer);
        }

        if ((IsKillPending(remote) && local.IsLive) || (IsKillPending(local) && remote.IsLive))
        {
            return IsKillPending(remote) && newer && later ? MergeDecision.TakeRemote
                : IsKillPending(remote) || newer || later ? MergeDecision.Kill
                : MergeDecision.KeepLocal;
        }

        return (newer, later) switch
        {
            (true, true) => MergeDecision.TakeRemote,
            (true, false) => remote.Ts == local.Ts ? MergeDecision.TakeRemote : MergeDecision.TakeRemoteStatus,
            // A later stamp in answer to a presumption would count as a report of the job, and postpone our own expiry of it.
            (false, true) => IsPresumedLost(remote) ? MergeDecision.KeepLocal : MergeDecision.TakeRemoteSpec,
            (false, false) => MergeDecision.KeepLocal,
        };
    }

    /// <summary>True when a copy outranks another, by the contents of both alone.</summary>
    /// <remarks>So all nodes agree, whatever the order in which the copies arrive.</remarks>
    public static bool Dominates(Job copy, Job than)
    {
        var order = copy.Epoch.CompareTo(than.Epoch);

        // Legacy nodes of February 2022 reset the counts and renew submit_ts at a manual restart.
        order = order is not 0 ? order : copy.SubmitTs.CompareTo(than.SubmitTs);

        // Legacy peers reset the counts at a resubmit without a new epoch: progress cannot be compared, so the stamps decide.
        order = order is not 0 || copy.Resubmit is true || than.Resubmit is true ? order : Progress(copy).CompareTo(Progress(than));
        order = order is not 0 ? order : copy.Ts.CompareTo(than.Ts);

        // Tie-break: any order does, as long as every node uses the same.
        order = order is not 0 ? order : copy.State.CompareTo(than.State);
        order = order is not 0 ? order : copy.StartCount.CompareTo(than.StartCount);
        order = order is not 0 ? order : string.CompareOrdinal(copy.Node, than.Node);
        return (order is not 0 ? order : CompareValues(copy, than)) > 0;
    }

    /// <summary>True when two copies have the same epoch and submit time, so that their progress can be compared.</summary>
    public static bool AreSameSubmission(Job one, Job other) => one.Epoch == other.Epoch && one.SubmitTs == other.SubmitTs;

    /// <summary>True when another node failed the job because it received no report: any report of the owner outranks that.</summary>
    public static bool IsPresumedLost(Job job) =>
        job is { State: JobState.Failed, Error: ExpiryPolicy.PresumedLostError }
            or { State: JobState.Killed, Active: false, Error: ExpiryPolicy.PresumedLostError };

    /// <summary>A job with the spec of another copy; the pool stays.</summary>
    public static Job WithSpecOf(Job job, Job from)
    {
        foreach (var attribute in JobAttributes.All)
        {
            job = IsSpecAttribute(attribute) ? attribute.Copy(from, job) : job;
        }

        return job;
    }

    /// <summary>True when two copies have the same spec; the pool does not count.</summary>
    public static bool SpecEquals(Job one, Job other) =>
        JobAttributes.All.All(attribute => !IsSpecAttribute(attribute) || attribute.IsSame(one, other));

    /// <summary>True when the remote copy outranks the local one even against a later local stamp (divergence).</summary>
    /// <remarks>
    /// The owner lost the end of a run in a restart and runs the job again, while other nodes keep that end
    /// (docs/SPECIFICATION.md#divergence).
    /// </remarks>
    public static bool IsIrreconcilable(Job remote, Job local) => Dominates(remote, local with { Ts = remote.Ts + 1 });

    // Another head assigned the job to a new node before the kill arrived there, and the kill went to the old node.
    private static bool IsKillMissed(Job local, Job remote, string here, bool newer, bool later) => IsKillPending(remote)
        ? local.IsLive && !newer
        : IsKillPending(local) && remote.IsLive && local.Node != here && (newer || later);

    // The owner is authoritative for the status. During a run, it accepts only a kill and the spec from outside. Otherwise it also accepts
    // a restart, and an end that it has lost itself.
    private static MergeDecision ResolveOwned(Job local, Job remote, bool runsHere, bool newer)
    {
        var later = remote.Ts > local.Ts;
        if (remote.State is JobState.Killed && local.IsLive && (runsHere || remote.StartCount <= local.StartCount))
        {
            return later ? MergeDecision.TakeRemoteSpec : MergeDecision.Kill;
        }

        if (runsHere || !newer)
        {
            return later ? MergeDecision.TakeRemoteSpec : MergeDecision.KeepLocal;
        }

        var isKnownHere = remote.StartCount <= local.StartCount && (remote.IsLive
            ? !(local.HasEnded && IsRestartedByLegacyPeer(remote, local))
            : remote.State is JobState.Killed && (remote.Active || local.State is not JobState.Killed));

        // A later stamp suffices as the answer only when the stamp alone makes the remote copy newer. A copy with more progress, as against
        // a presumption, would outrank the answer too.
        return isKnownHere && later && !IsIrreconcilable(remote, WithSpecOf(local, remote))
            ? MergeDecision.TakeRemoteSpec
            : MergeDecision.TakeRemote;
    }

    // The kill is requested, and the owner has not confirmed it.
    private static bool IsKillPending(Job job) => job.State is JobState.Killed && (job.Active || IsPresumedLost(job));

    // We open a new epoch at a restart; legacy peers do not. The copy of a restart keeps the times of the run before (the recordings show
    // it): it repeats the end that we reported, or lacks the start that we have. Any other live copy is older than the end.
    private static bool IsRestartedByLegacyPeer(Job remote, Job local) =>
        remote.State is JobState.New && remote.StartCount == local.StartCount
        && (remote.EndTs is not null ? remote.EndTs == local.EndTs : remote.StartTs is null && local.StartTs is not null);

    // How far a job has got in its epoch: it runs before it waits again or ends. Only legacy peers continue after an end within one epoch;
    // there the stamps decide.
    private static long Progress(Job job) =>
        (job.StartCount * 3L) + (IsPresumedLost(job) ? 0 : job.State is JobState.Running ? 1 : 2);

    private static bool IsSpecAttribute(JobAttribute attribute) =>
        attribute.Role is JobAttributeRole.Spec && attribute.Name is not "pool";

    // The last tie-break: two nodes may change a job at the same time and give it the same stamp.
    private static int CompareValues(Job copy, Job than)
    {
        // The fast path: a copy that was just accepted shares its lists with the received one.
        if (copy with { Seq = than.Seq } == than)
        {
            return 0;
        }

        foreach (var attribute in JobAttributes.All)
        {
            var order = attribute.Name is "seq" ? 0 : string.CompareOrdinal(attribute.Canonical(copy), attribute.Canonical(than));
            if (order is not 0)
            {
                return order;
            }
        }

        return 0;
    }
}
