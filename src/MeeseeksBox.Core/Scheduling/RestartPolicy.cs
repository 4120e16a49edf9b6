using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Whether a job runs again after it has ended, and where (docs/SPECIFICATION.md#restart-and-retries).</summary>
internal static class RestartPolicy
{
    /// <summary>The job as it goes on after a run that ended as <paramref name="ended"/> says; null when that was the end of it.</summary>
    /// <remarks>
    /// What the run gave (<c>rc</c>, <c>error</c>, <c>end_ts</c> …) stays to be seen until the next one starts; a new job that has an
    /// <c>end_ts</c> is one that is about to run again.
    /// </remarks>
    public static Job? NextRunAfter(Job ended) => ended.State switch
    {
        JobState.Failed when ended.FailCount <= (ended.Retries ?? 0) => ended with { State = JobState.New },
        JobState.Done when ended.Restart is true => ended with { State = JobState.New },
        JobState.Done or JobState.Failed when ended.Resubmit is true => Resubmitted(ended),
        _ => null,
    };

    /// <summary>The job as somebody restarts it: all of the runs before is forgotten but how often it started.</summary>
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
