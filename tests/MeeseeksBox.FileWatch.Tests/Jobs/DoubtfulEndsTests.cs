using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

public sealed class DoubtfulEndsTests
{
    private static readonly Job Done = new()
    {
        Id = "a",
        Status = new() { State = JobState.Done },
        Spec = new() { Resubmit = true },
        Ts = 5,
    };

    private readonly FakeTimeProvider _time = new();
    private readonly DoubtfulEnds _ends;

    public DoubtfulEndsTests() => _ends = new DoubtfulEnds(TimeSpan.FromSeconds(10), _time);

    [Fact]
    public void An_end_after_which_a_job_may_run_again_counts_after_the_timeout()
    {
        _ends.Counts(Done).Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(9));
        _ends.Counts(Done).Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        _ends.Counts(Done).Should().BeTrue();
    }

    [Fact]
    public void A_rerun_of_the_job_restarts_the_timeout()
    {
        _ = _ends.Counts(Done);
        _time.Advance(TimeSpan.FromSeconds(9));
        _ends.Counts(Done with { Status = Done.Status with { State = JobState.Running } }).Should().BeTrue("a running job has not ended");
        _ends.Counts(Done with { Ts = 9 }).Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(9));
        _ends.Counts(Done with { Ts = 9 }).Should().BeFalse();
        _ends.Counts(Done with { Ts = 12 }).Should().BeFalse("it ran again between two polls");
    }

    [Fact]
    public void Any_other_end_counts_at_once() => _ends.Counts(Done with { Spec = Done.Spec with { Resubmit = null } }).Should().BeTrue();
}
