using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The key <c>updated</c> (docs/SPECIFICATION.md#updated-files).</summary>
public sealed class UpdatedTests
{
    [Fact]
    public void A_file_that_has_changed_is_processed_again()
    {
        Processed("'updated':true", changedAgo: 100, noted: 3600).Due().Should().Equal("0:a");
        Processed("'updated':true", changedAgo: 3600, noted: 3600).Due().Should().BeEmpty();
    }

    [Fact]
    public void By_default_a_changed_file_is_not_processed_again()
    {
        Processed("", changedAgo: 100, noted: 3600).Due().Should().BeEmpty();
    }

    [Fact]
    public void Only_the_first_of_several_jobs_runs_again()
    {
        Scene Two(string json) => new Scene("'updated':true," + json + Some.Jobs(2)).WithAged("1", 100).WithAged("2", 3600)
            .WithStatus(0, "1", StatusState.Done).WithStatus(0, "1", StatusState.Mtime, 3600).WithStatus(1, "1", StatusState.Done)
            .WithStatus(0, "2", StatusState.Done).WithStatus(0, "2", StatusState.Mtime, 3600);

        Two("").Due().Should().Equal("0:1");
        Two("'run_all':false,").Due().Should().Equal("0:1");
    }

    [Fact]
    public void A_change_does_not_wait_for_the_pause_after_a_failure()
    {
        new Scene("'updated':true").WithAged("a", 1).WithStatus(0, "a", StatusState.Failed, 2).WithStatus(0, "a", StatusState.Mtime, 3600)
            .Due().Should().Equal("0:a");
    }

    [Fact]
    public void A_change_during_the_job_waits_for_its_end()
    {
        Processed("'updated':true", changedAgo: 100, noted: 3600).WithInFlight(0, "a").Due().Should().BeEmpty();
    }

    [Fact]
    public void The_time_of_a_file_that_was_processed_without_updated_is_recorded()
    {
        var plan = new Scene("'updated':true").With("a").WithStatus(0, "a", StatusState.Done).Plan();

        plan.Due.Should().BeEmpty();
        plan.Notes.Should().Equal((new WorkKey(0, "a"), Scene.Now - TimeSpan.TicksPerHour));
    }

    [Fact]
    public void A_recorded_time_without_a_result_does_not_count()
    {
        new Scene("'updated':true").With("a").WithStatus(0, "a", StatusState.Mtime).Due().Should().Equal("0:a");
    }

    [Fact]
    public void A_set_has_changed_when_one_of_its_files_has_changed()
    {
        new Scene("'updated':true,'glob':['*.foo','*.bar'],'split':'.','fileset':1").With("1.foo").WithAged("1.bar", 100)
            .WithStatus(0, "1.foo", StatusState.Done).WithStatus(0, "1.foo", StatusState.Mtime, 3600)
            .Due().Should().Equal("0:1.foo");
    }

    private static Scene Processed(string json, double changedAgo, double noted) =>
        new Scene(json).WithAged("a", changedAgo).WithStatus(0, "a", StatusState.Done).WithStatus(0, "a", StatusState.Mtime, noted);
}
