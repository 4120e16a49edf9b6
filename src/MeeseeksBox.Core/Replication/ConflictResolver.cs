using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Two copies of a job: what of each holds (docs/SPECIFICATION.md#conflicts).</summary>
/// <remarks>
/// A copy tells two things: what has become of the job, which its node knows best, and what its submitter wishes, which may be changed
/// anywhere. Of the first the copy that has got further holds, whatever the clocks say; of the second the one that was stamped later.
/// </remarks>
internal static class ConflictResolver
{
    /// <summary>Decides about a copy that another node sent.</summary>
    /// <param name="ours">The job as it is known here.</param>
    /// <param name="theirs">The job as it came.</param>
    /// <param name="here">The name of this node.</param>
    /// <param name="runsHere">True while a run of it is under way on this node.</param>
    public static MergeDecision Resolve(Job ours, Job theirs, string here, bool runsHere)
    {
        var newer = Dominates(theirs, ours);
        var later = theirs.Ts > ours.Ts;
        if (AreSameSubmission(theirs, ours) && theirs.Node != ours.Node && (!runsHere || ours.Node == here))
        {
            if (IsKillMissed(ours, theirs, here, newer, later))
            {
                return MergeDecision.Kill;
            }

            // The run here is not undone by somebody who has changed the job without having heard that it was sent here.
            if (runsHere && theirs.State is JobState.New && theirs.StartCount <= ours.StartCount)
            {
                return later ? MergeDecision.TakeRemoteSpec : MergeDecision.KeepLocal;
            }
        }

        if (!AreSameSubmission(theirs, ours) || theirs.Node != ours.Node || (runsHere && ours.Node != here))
        {
            return !newer ? MergeDecision.KeepLocal : runsHere ? MergeDecision.Supersede : MergeDecision.TakeRemote;
        }

        // From here on both are of the same sending-off of the job to the same node.
        if (ours.Node == here)
        {
            return ResolveOwned(ours, theirs, runsHere, newer);
        }

        if ((IsKillPending(theirs) && ours.IsLive) || (IsKillPending(ours) && theirs.IsLive))
        {
            return IsKillPending(theirs) && newer && later ? MergeDecision.TakeRemote
                : IsKillPending(theirs) || newer || later ? MergeDecision.Kill
                : MergeDecision.KeepLocal;
        }

        return (newer, later) switch
        {
            (true, true) => MergeDecision.TakeRemote,
            (true, false) => theirs.Ts == ours.Ts ? MergeDecision.TakeRemote : MergeDecision.TakeRemoteStatus,
            // Answering a guess with a newer stamp would count as news of the job, and put off our own expiry of it.
            (false, true) => IsPresumedLost(theirs) ? MergeDecision.KeepLocal : MergeDecision.TakeRemoteSpec,
            (false, false) => MergeDecision.KeepLocal,
        };
    }

    /// <summary>
    /// True when a copy is to win over another by what stands in it alone: an order over copies in which all nodes agree, whatever the
    /// order in which they saw them.
    /// </summary>
    public static bool Dominates(Job copy, Job than)
    {
        var order = copy.Epoch.CompareTo(than.Epoch);

        // An original of February 2022 sets the counts back and the time of submit anew when somebody restarts a job.
        order = order is not 0 ? order : copy.SubmitTs.CompareTo(than.SubmitTs);

        // Old peers set the counts back at a resubmit and know no epoch: there the stamps have to do.
        order = order is not 0 || copy.Resubmit is true || than.Resubmit is true ? order : Progress(copy).CompareTo(Progress(than));
        order = order is not 0 ? order : copy.Ts.CompareTo(than.Ts);
        order = order is not 0 ? order : copy.State.CompareTo(than.State);
        order = order is not 0 ? order : copy.StartCount.CompareTo(than.StartCount);
        order = order is not 0 ? order : string.CompareOrdinal(copy.Node, than.Node);
        return (order is not 0 ? order : CompareValues(copy, than)) > 0;
    }

    /// <summary>True when two copies are of the same submit and the same restart of a job: what has become of it can be compared.</summary>
    public static bool AreSameSubmission(Job one, Job other) => one.Epoch == other.Epoch && one.SubmitTs == other.SubmitTs;

    /// <summary>True when somebody who did not hear of the job took it for lost: any word of its node is worth more.</summary>
    public static bool IsPresumedLost(Job job) => job is { State: JobState.Failed, Error: ExpiryPolicy.PresumedLostError } or { State: JobState.Killed, Active: false, Error: ExpiryPolicy.PresumedLostError };

    /// <summary>The job with all that a submitter may change as it stands in another copy.</summary>
    public static Job WithSpecOf(Job job, Job from)
    {
        foreach (var attribute in JobAttributes.All)
        {
            job = IsSpecAttribute(attribute) ? attribute.Copy(from, job) : job;
        }

        return job;
    }

    /// <summary>True when what a submitter may change, and is taken from one copy into another, is the same in both.</summary>
    public static bool SpecEquals(Job one, Job other) => JobAttributes.All.All(attribute => !IsSpecAttribute(attribute) || attribute.IsSame(one, other));

    /// <summary>
    /// True when whoever has the other copy keeps it whatever we answer: a job runs again on its node, which has lost the end of a run with an
    /// earlier life, and others know that end.
    /// </summary>
    public static bool IsIrreconcilable(Job theirs, Job ours) => Dominates(theirs, ours with { Ts = theirs.Ts + 1 });

    // A job is given a node by somebody who has not heard that it is killed, while the kill goes to where it was before.
    private static bool IsKillMissed(Job ours, Job theirs, string here, bool newer, bool later) => IsKillPending(theirs)
        ? ours.IsLive && !newer
        : IsKillPending(ours) && theirs.IsLive && ours.Node != here && (newer || later);

    // What has become of a job on its node is for that node to say.
    private static MergeDecision ResolveOwned(Job ours, Job theirs, bool runsHere, bool newer)
    {
        var later = theirs.Ts > ours.Ts;
        if (theirs.State is JobState.Killed && ours.IsLive && (runsHere || theirs.StartCount <= ours.StartCount))
        {
            return later ? MergeDecision.TakeRemoteSpec : MergeDecision.Kill;
        }

        if (runsHere || !newer)
        {
            return later ? MergeDecision.TakeRemoteSpec : MergeDecision.KeepLocal;
        }

        var isKnownHere = theirs.StartCount <= ours.StartCount && (theirs.IsLive
            ? !(ours.HasEnded && IsRestartedByLegacyPeer(theirs, ours))
            : theirs.State is JobState.Killed && (theirs.Active || ours.State is not JobState.Killed));

        // Wishes answer a copy whose stamp alone makes it newer. One that has got further, as against a guess, would be newer than the answer too.
        return isKnownHere && later && !IsIrreconcilable(theirs, WithSpecOf(ours, theirs)) ? MergeDecision.TakeRemoteSpec : MergeDecision.TakeRemote;
    }

    // Asked for by somebody, not yet answered by the node that has the job.
    private static bool IsKillPending(Job job) => job.State is JobState.Killed && (job.Active || IsPresumedLost(job));

    // Ours start a new epoch. Theirs keeps the times of the run before (the recordings show it), so it has the end that we told, or it has
    // lost the start that ours has; any other live copy is one that has not heard of the end.
    private static bool IsRestartedByLegacyPeer(Job theirs, Job ours) =>
        theirs.State is JobState.New && theirs.StartCount == ours.StartCount
        && (theirs.EndTs is not null ? theirs.EndTs == ours.EndTs : theirs.StartTs is null && ours.StartTs is not null);

    // How far a job has got since it was sent off: a job runs before it waits again or ends. What follows on an end in the same epoch is the
    // work of old peers, and left to the stamps.
    private static long Progress(Job job) => (job.StartCount * 3L) + (IsPresumedLost(job) ? 0 : job.State is JobState.Running ? 1 : 2);

    private static bool IsSpecAttribute(JobAttribute attribute) => attribute.Role is JobAttributeRole.Spec && attribute.Name is not "pool";

    // Two nodes may change one copy at once and give it the same stamp.
    private static int CompareValues(Job copy, Job than)
    {
        // What has just been taken over shares its lists with the copy that came.
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
