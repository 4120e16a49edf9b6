using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>The attribute <c>suspended</c>, which belongs to one run of a job (docs/SPECIFICATION.md#suspension).</summary>
internal static class Suspension
{
    /// <summary>A job with or without a suspension.</summary>
    /// <remarks>The end of one is sent as false, so that legacy peers, which merge key by key, drop it too.</remarks>
    public static Job Set(Job job, bool? isSuspended) => job with { Spec = job.Spec with { Suspended = isSuspended } };

    /// <summary>A job without the suspension of a run that has ended.</summary>
    public static Job WithoutStale(Job job) =>
        job.Spec.Suspended is not true || MayRun(job) ? job : Set(job, isSuspended: false);

    /// <summary>True when the suspension of a copy holds for another copy: both are of the same run.</summary>
    /// <remarks>A legacy peer may drop the attribute. A copy without it does not end a suspension.</remarks>
    public static bool Holds(Job from, Job job) =>
        from.Spec.Suspended is not null
        && MayRun(from) && MayRun(job)
        && from.Status.CompareEpoch(job.Status) is 0
        && from.Status.StartCount == job.Status.StartCount;

    // A job of a node that is away goes on when the node comes back.
    private static bool MayRun(Job job) =>
        job.Status.State is JobState.Running || job.Phase is JobPhase.PresumedLost && job.Status.State is JobState.Failed;
}
