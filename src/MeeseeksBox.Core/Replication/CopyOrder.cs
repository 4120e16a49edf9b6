using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>The order of two copies of one job, by their contents alone (docs/SPECIFICATION.md#conflicts).</summary>
/// <remarks>So all nodes agree on the later copy, whatever the order in which the copies arrive.</remarks>
internal static class CopyOrder
{
    /// <summary>True when two copies have the same epoch and submit time, so that their progress can be compared.</summary>
    public static bool AreSameSubmission(Job one, Job other) =>
        one.Status.CompareEpoch(other.Status) is 0 && one.Status.SubmitTs == other.Status.SubmitTs;

    /// <summary>True when the kill of a copy holds for a live copy of the same submit: no person restarted the job after it.</summary>
    /// <remarks>A legacy node renews the time of the submit at a manual restart, and passes on the time of the kill before it.</remarks>
    public static bool IsKillFor(Job killed, Job live) => killed.Status.State is JobState.Killed
        && live.IsLive
        && killed.Status.SubmitTs == live.Status.SubmitTs
        && (killed.Status.RestartedAt == live.Status.RestartedAt || killed.Status.KilledAt > live.Status.RestartedAt);

    /// <summary>True when the status of a copy outranks that of another: by submission, then by progress, then by stamp.</summary>
    public static bool Dominates(Job copy, Job than)
    {
        var (status, other) = (copy.Status, than.Status);
        var order = status.CompareEpoch(other);

        // Legacy nodes of February 2022 reset the counts and renew submit_ts at a manual restart.
        order = order is not 0 ? order : status.SubmitTs.CompareTo(other.SubmitTs);

        // Legacy peers reset the counts at a resubmit without a new epoch: progress cannot be compared, so the stamps decide.
        order = order is not 0 || copy.Spec.Resubmit is true || than.Spec.Resubmit is true
            ? order
            : Progress(status).CompareTo(Progress(other));
        order = order is not 0 ? order : copy.Ts.CompareTo(than.Ts);

        // Tie-break: any order does, as long as every node uses the same.
        order = order is not 0 ? order : status.State.CompareTo(other.State);
        order = order is not 0 ? order : status.StartCount.CompareTo(other.StartCount);
        order = order is not 0 ? order : string.CompareOrdinal(status.Node, other.Node);
        return (order is not 0 ? order : CompareValues(copy, than)) > 0;
    }

    /// <summary>True when the remote copy outranks the local one even against a later local stamp (divergence).</summary>
    /// <remarks>
    /// The owner lost the end of a run in a restart and runs the job again, while other nodes keep that end
    /// (docs/SPECIFICATION.md#divergence).
    /// </remarks>
    public static bool IsIrreconcilable(Job remote, Job local) => Dominates(remote, local with { Ts = remote.Ts + 1 });

    // How far a job has got in its epoch: it runs before it waits again or ends. An end that its node has lost, in a crash or as it was
    // restored from a backup, counts less than the end. Only legacy peers continue after an end within one epoch; there the stamps decide.
    private static long Progress(JobStatus status) => (status.StartCount * 4L) + status.Phase switch
    {
        JobPhase.PresumedLost => 0,
        JobPhase.Running => 1,
        _ when status.HasCrashed => 2,
        _ => 3,
    };

    // The last tie-break: two nodes may change a job at the same time and give it the same stamp.
    private static int CompareValues(Job copy, Job than)
    {
        // The fast path: a copy that was just accepted shares its lists with the received one.
        if (copy with { Seq = than.Seq } == than)
            return 0;

        foreach (var attribute in JobAttributes.All)
        {
            var order = attribute.Name is "seq" ? 0 : attribute.Compare(copy, than);
            if (order is not 0)
                return order;
        }

        return 0;
    }
}
