using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>A legacy box shows a job as ended for a short time before it runs the job again.</summary>
public sealed class LegacyBoxTests
{
    [Theory]
    [InlineData(JobState.Failed, 1, 1, true)]
    [InlineData(JobState.Failed, 1, 2, false)]
    [InlineData(JobState.Failed, 0, 0, false)]
    [InlineData(JobState.Failed, null, 1, false)]
    [InlineData(JobState.Done, 3, 1, false)]
    [InlineData(JobState.Killed, 3, 1, false)]
    public void A_failed_job_is_retried_up_to_retries(JobState state, int? retries, int failures, bool expected)
    {
        LegacyBox.WillRunAgain(new Job
        {
            Id = "a",
            Status = new() { State = state, FailCount = failures },
            Spec = new() { Retries = retries },
        }).Should().Be(expected);
    }

    [Theory]
    [InlineData(JobState.Done, true, false, true)]
    [InlineData(JobState.Failed, true, false, false)]
    [InlineData(JobState.Killed, true, true, false)]
    [InlineData(JobState.Done, false, true, true)]
    [InlineData(JobState.Failed, false, true, true)]
    public void A_job_with_restart_or_resubmit_runs_again(JobState state, bool restart, bool resubmit, bool expected)
    {
        LegacyBox.WillRunAgain(new Job
        {
            Id = "a",
            Status = new() { State = state },
            Spec = new() { Restart = restart, Resubmit = resubmit },
        }).Should().Be(expected);
    }
}
