using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Decides whether and where an ended job runs again (docs/SPECIFICATION.md#restart-and-retries).</summary>
internal static class RestartPolicy
{
    /// <summary>The job that follows on <paramref name="ended"/>; null when it does not run again.</summary>
    /// <remarks>
    /// The result of the run (<c>rc</c>, <c>error</c>, <c>end_ts</c> …) stays until the next run starts. So a new job with an <c>end_ts</c>
    /// is about to run again.
    /// </remarks>
    public static Job? NextRunAfter(Job ended) => ended.State switch
    {
        JobState.Failed when ended.FailCount <= (ended.Retries ?? 0) => ended with { State = JobState.New },
        JobState.Done when ended.Restart is true => ended with { State = JobState.New },
        JobState.Done or JobState.Failed when ended.Resubmit is true => Resubmitted(ended),
        _ => null,
    };

    /// <summary>The job after a manual restart: only the number of its starts remains of the runs before.</summary>
    public static Job RestartedManually(Job ended) => ended with
    {
        State = JobState.New,
        Node = ended.SubmitNode,
        Epoch = ended.Epoch + 1,
        FailCount = 0,
        Rc = null,
        Error = null,
        StdoutData = null,
        StderrData = null,
        StdoutTruncated = ended.StdoutTruncated is null ? null : false,
        StderrTruncated = ended.StderrTruncated is null ? null : false,
        StartTs = null,
        EndTs = null,
        Pid = null,
        Active = false,
    };

    private static Job Resubmitted(Job ended) => ended with
    {
        State = JobState.New,
        Node = ended.SubmitNode,
        Epoch = ended.Epoch + 1,
        StartCount = 0,
        FailCount = 0,
    };
}
