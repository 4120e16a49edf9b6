using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Decides whether and where an ended job runs again (docs/SPECIFICATION.md#restart-and-retries).</summary>
internal static class RestartPolicy
{
    /// <summary>The status that follows on an end; null when the job does not run again.</summary>
    /// <remarks>The result of the run (<c>rc</c>, <c>error</c>, <c>end_ts</c> …) stays until the next run starts.</remarks>
    public static JobStatus? NextRunAfter(JobSpec spec, JobStatus ended) => ended.State switch
    {
        JobState.Failed when ended.FailCount <= (spec.Retries ?? 0) => ended with { State = JobState.New },
        JobState.Done when spec.Restart is true => ended with { State = JobState.New },
        JobState.Done or JobState.Failed when spec.Resubmit is true => SentOffAgain(ended) with { StartCount = 0, FailCount = 0 },
        _ => null,
    };

    /// <summary>The status after a manual restart: only the number of its starts remains of the runs before.</summary>
    /// <param name="ended">The status of the ended job.</param>
    /// <param name="at">The present time.</param>
    public static JobStatus RestartedManually(JobStatus ended, double at) =>
        SentOffAgain(ended.WithoutResult()) with
        {
            RestartedAt = RequestTime(ended, at),
            FailCount = 0,
            StartTs = null,
            EndTs = null,
            Active = false,
        };

    /// <summary>The time of a request of a person to run or to kill a job: later than all of them that this node knows of.</summary>
    public static double RequestTime(JobStatus status, double at) =>
        Math.Max(at, NodeCoreState.NextStamp(Math.Max(status.OrderedAt, status.KilledAt)));

    /// <summary>The status in a new epoch, on the node that places the job.</summary>
    public static JobStatus SentOffAgain(JobStatus ended) =>
        ended with { State = JobState.New, Node = ended.SubmitNode, Epoch = ended.Epoch + 1 };
}
