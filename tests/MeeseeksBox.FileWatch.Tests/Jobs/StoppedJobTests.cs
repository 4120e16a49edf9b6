using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>A job that a watcher stopped has no result for any watcher (docs/SPECIFICATION.md#watch-tags).</summary>
public sealed class StoppedJobTests
{
    private readonly RunningSubmissions _submissions = new(new FakeTimeProvider());

    [Theory]
    [InlineData(JobState.Killed, "watch.stopped", true)]
    [InlineData(JobState.Killed, "watch.recorded", false)]
    [InlineData(JobState.Killed, "watch=a/b", false)]
    [InlineData(JobState.Done, "watch.stopped", false)]
    [InlineData(JobState.Failed, "watch.stopped", false)]
    public void Only_the_tag_of_a_killed_job_makes_its_end_no_result(JobState state, string tag, bool wasStopped)
    {
        var submission = Submission("a");

        submission.Take(Job("a", state, tag));

        submission.End()!.WasStopped.Should().Be(wasStopped);
    }

    [Fact]
    public void One_stopped_part_makes_the_whole_no_result()
    {
        var submission = Submission("a");

        submission.Take(Job("a.n1", JobState.Done));
        submission.Take(Job("a.n2", JobState.Killed));
        submission.Take(Job("a.n3", JobState.Killed, "watch.stopped"));

        submission.End()!.WasStopped.Should().BeTrue();
    }

    [Fact]
    public void The_attempt_after_a_stopped_one_is_the_next_to_begin()
    {
        _submissions.Take([Job("a", JobState.Killed, "watch.stopped"), Job("b~3", JobState.Killed, "watch.stopped")]);
        _submissions.Take([Job("c", JobState.Killed), Job("d~2", JobState.Done)]);

        new[] { "a", "b", "c", "d" }.Select(id => _submissions.LatestAttempt(Submission(id))).Should().Equal(1, 4, 0, 2);
    }

    [Fact]
    public void Submissions_end_when_no_updates_come_any_more()
    {
        var (present, later) = (Submission("a"), Submission("b"));
        _ = _submissions.Add(present);

        _submissions.FailAll("the box is away");
        _ = _submissions.Add(later);

        (present.Failure, later.Failure).Should().Be(("the box is away", "the box is away"));
    }

    private static Submission Submission(string id)
    {
        var work = new WorkItem { Template = Some.Watch().Jobs[0].For(0)!, Index = 0, FileName = "f" };
        return new Submission(work, [], attempt => attempt == 0 ? id : $"{id}~{attempt}") { Tag = "watch=a/b" };
    }

    private static Job Job(string id, JobState state, params string[] tags) =>
        new() { Id = id, Status = new() { State = state }, Spec = new() { Tags = tags } };
}
