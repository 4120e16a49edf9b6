using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The jobs that are due for the files of a watch (docs/SPECIFICATION.md#job-steps).</summary>
public sealed class PlannerTests
{
    [Fact]
    public void Files_that_match_the_pattern_are_watched()
    {
        new Scene("'glob':'*.foo'").With("a.foo", "b.bar").Due().Should().Equal("0:a.foo");
    }

    [Fact]
    public void A_list_of_patterns_makes_a_list_of_files_each()
    {
        new Scene("'glob':['*.foo','*.bar']," + Some.Jobs(2)).With("1.foo", "2.foo", "1.bar", "2.bar")
            .WithStatus(0, "1.foo", StatusState.Done).WithStatus(0, "1.bar", StatusState.Done)
            .Due().Should().BeEquivalentTo("0:2.foo", "1:1.foo", "0:2.bar", "1:1.bar");
    }

    [Fact]
    public void A_file_belongs_to_the_first_pattern_that_it_matches()
    {
        new Scene("'glob':['*.foo','*']").With("a.foo", "a.bar").Due().Should().BeEquivalentTo("0:a.foo", "0:a.bar");
    }

    [Fact]
    public void Files_are_sorted_from_the_highest_name_down()
    {
        new Scene("").With("20260102", "20260103", "20260101", "a", "Z").Due()
            .Should().Equal("0:a", "0:Z", "0:20260103", "0:20260102", "0:20260101");
    }

    [Fact]
    public void Reverse_sorts_from_the_lowest_name_up()
    {
        new Scene("'reverse':true").With("20260102", "20260103", "20260101").Due().Should().Equal("0:20260101", "0:20260102", "0:20260103");
    }

    [Fact]
    public void One_job_is_run_on_all_files()
    {
        new Scene("").With("1", "2", "3").Due().Should().Equal("0:3", "0:2", "0:1");
    }

    [Fact]
    public void The_job_of_a_new_file_is_the_first()
    {
        new Scene(Some.Jobs(2)).With("2").Due().Should().Equal("0:2");
    }

    [Fact]
    public void When_a_new_file_appears_the_one_before_gets_the_next_job()
    {
        new Scene(Some.Jobs(2)).With("1", "2").WithStatus(0, "1", StatusState.Done).Due().Should().Equal("0:2", "1:1");
    }

    [Fact]
    public void A_file_that_has_run_the_last_job_has_no_further_one()
    {
        new Scene(Some.Jobs(2)).With("1", "2", "3")
            .WithStatus(0, "1", StatusState.Done).WithStatus(1, "1", StatusState.Done).WithStatus(0, "2", StatusState.Done)
            .Due().Should().Equal("0:3", "1:2");
    }

    [Fact]
    public void The_last_job_is_submitted_for_all_other_unprocessed_files()
    {
        new Scene("'run_all':false," + Some.Jobs(2)).With("1", "2", "3", "4").Due().Should().Equal("0:4", "1:3", "1:2", "1:1");
    }

    [Fact]
    public void Run_all_runs_the_jobs_up_to_that_of_the_place_in_order()
    {
        var jobs = Some.Jobs(3);

        new Scene(jobs).With("1", "2", "3").Due().Should().Equal("0:3", "0:2", "0:1");
        new Scene(jobs).With("1", "2", "3").WithInFlight(0, "1").WithInFlight(0, "2").WithInFlight(0, "3").Due().Should().BeEmpty();
        new Scene(jobs).With("1", "2", "3")
            .WithStatus(0, "1", StatusState.Done).WithStatus(0, "2", StatusState.Done).WithStatus(0, "3", StatusState.Done)
            .Due().Should().Equal("1:2", "1:1");
        new Scene(jobs).With("1", "2", "3")
            .WithStatus(0, "1", StatusState.Done).WithStatus(1, "1", StatusState.Done).WithInFlight(0, "3").WithInFlight(0, "2")
            .Due().Should().Equal("2:1");
    }

    [Fact]
    public void Without_run_all_only_the_job_of_the_place_is_submitted()
    {
        new Scene("'run_all':false," + Some.Jobs(3)).With("1", "2", "3").WithStatus(2, "1", StatusState.Done).Due()
            .Should().Equal("0:3", "1:2");
    }

    [Theory]
    [InlineData(StatusState.Done)]
    [InlineData(StatusState.Killed)]
    public void A_file_with_a_status_is_processed(StatusState state)
    {
        new Scene("").With("a").WithStatus(0, "a", state).Due().Should().BeEmpty();
    }

    [Fact]
    public void A_failed_job_is_run_again_when_the_pause_is_over()
    {
        new Scene("'refresh':10").With("a").WithStatus(0, "a", StatusState.Failed, seconds: 11).Due().Should().Equal("0:a");

        var soon = new Scene("'refresh':10").With("a").WithStatus(0, "a", StatusState.Failed, seconds: 4).Plan();
        soon.Due.Should().BeEmpty();
        soon.NextDue.Should().Be(Scene.Now + TimeSpan.FromSeconds(6).Ticks);
    }

    [Fact]
    public void A_failure_time_far_in_the_future_is_ignored()
    {
        new Scene("").With("a").WithStatus(0, "a", StatusState.Failed, seconds: -86400).Due().Should().Equal("0:a");
    }

    [Fact]
    public void Without_retry_a_failed_file_is_processed_and_its_next_job_follows()
    {
        new Scene("'retry':false").With("a").WithStatus(0, "a", StatusState.Failed).Due().Should().BeEmpty();
        new Scene("'retry':false," + Some.Jobs(2)).With("1", "2").WithStatus(0, "1", StatusState.Failed).WithInFlight(0, "2").Due()
            .Should().Equal("1:1");
    }

    [Fact]
    public void A_killed_job_is_never_retried()
    {
        new Scene("'retry':true").With("a").WithStatus(0, "a", StatusState.Killed).Due().Should().BeEmpty();
    }

    [Fact]
    public void Done_and_killed_have_precedence_over_failed()
    {
        new Scene("").With("a").WithStatus(0, "a", StatusState.Failed).WithStatus(0, "a", StatusState.Done).Due().Should().BeEmpty();
        new Scene("").With("a").WithStatus(0, "a", StatusState.Failed).WithStatus(0, "a", StatusState.Killed).Due().Should().BeEmpty();
    }

    [Fact]
    public void A_job_in_flight_is_not_submitted_again()
    {
        new Scene("").With("a", "b").WithInFlight(0, "a").Due().Should().Equal("0:b");
    }

    [Fact]
    public void A_file_must_be_min_age_old()
    {
        var plan = new Scene("'min_age':60").WithAged("old", 60).WithAged("new", 40).Plan();

        plan.Due.Select(work => work.FileName).Should().Equal("old");
        plan.NextDue.Should().Be(Scene.Now + TimeSpan.FromSeconds(20).Ticks);
    }

    [Fact]
    public void A_file_must_be_newer_than_max_age()
    {
        new Scene("'max_age':60").WithAged("old", 60).WithAged("new", 59).Due().Should().Equal("0:new");
    }

    [Fact]
    public void An_ignored_file_takes_no_place_in_the_list()
    {
        new Scene("'min_age':60," + Some.Jobs(2)).WithAged("2", 10).WithAged("1", 100).Due().Should().Equal("0:1");
    }

    [Fact]
    public void Max_index_is_the_last_place_with_jobs()
    {
        new Scene("'max_index':1").With("1", "2", "3").Due().Should().Equal("0:3", "0:2");
        new Scene("'max_index':0").With("1", "2", "3").Due().Should().Equal("0:3");
    }

    [Fact]
    public void A_file_that_is_being_written_waits()
    {
        new Scene("").WithOpen("a").With("b").Due().Should().Equal("0:b");
    }

    [Fact]
    public void An_empty_jobspec_submits_nothing()
    {
        var plan = new Scene("'jobs':[null,{'pool':'j1','args':['x']},{}]").With("1", "2", "3").Plan();

        plan.Due.Select(work => $"{work.Index}:{work.FileName}").Should().Equal("1:2", "1:1");
        plan.Marks.Should().BeEmpty();
    }

    [Fact]
    public void A_list_of_jobspecs_has_one_for_each_list_of_files()
    {
        new Scene("'glob':['*.a','*.b','*.c'],'jobs':[[{'pool':'first','args':['x']},{'pool':'second','args':['x']}]]")
            .With("1.a", "1.b", "1.c").DuePools().Should().Equal("first:1.a", "second:1.b", "second:1.c");
    }

    [Fact]
    public void Files_with_an_empty_jobspec_in_a_list_are_marked()
    {
        var plan = new Scene("'glob':['*.a','*.b'],'jobs':[[{'pool':'p','args':['x']},null]]")
            .With("1.a", "1.b", "2.b").WithStatus(0, "2.b", StatusState.Done).Plan();

        plan.Due.Select(work => work.FileName).Should().Equal("1.a");
        plan.Marks.Should().Equal(new WorkKey(0, "1.b"));
    }

    [Fact]
    public void Each_file_has_an_explanation()
    {
        var explanations = new Scene("'glob':'*.foo','min_age':10,'max_index':3,'max_age':7200")
            .With("1.foo", "2.foo", "3.foo", "4.foo", "5.foo", "a.bar")
            .WithAged("new.foo", 1).WithAged("old.foo", 8000).WithOpen("open.foo")
            .WithStatus(0, "5.foo", StatusState.Done).WithStatus(0, "4.foo", StatusState.Failed, seconds: 1).WithInFlight(0, "3.foo")
            .Plan(isExplained: true).Explanations!;

        var reasons = explanations.ToDictionary(decision => decision.FileName, decision => decision.Reason);
        reasons.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["1.foo"] = "its place in the list, 4, is above max_index, 3",
            ["2.foo"] = "it has not been processed",
            ["3.foo"] = "its job has been submitted and has not ended yet",
            ["4.foo"] = "its job has failed, and is tried again later",
            ["5.foo"] = "its job is done",
            ["a.bar"] = "no glob matches it",
            ["new.foo"] = "it is younger than min_age, 10 s",
            ["old.foo"] = "it is older than max_age, 7200 s",
            ["open.foo"] = "it is being written",
        });
        explanations.Where(decision => decision.IsDue).Select(decision => decision.FileName).Should().Equal("2.foo");
        explanations.Where(decision => decision.IsOver).Select(decision => decision.FileName)
            .Should().BeEquivalentTo("1.foo", "5.foo", "a.bar", "old.foo");
    }

    [Fact]
    public void Finished_files_are_explained_on_request_only()
    {
        var plan = new Scene("").With("1", "2").WithStatus(0, "1", StatusState.Done).Plan();
        WatchedFile[] files = [new("1", FinishedInList: plan.Finished.Single().List), new("2")];
        var folder = new FolderSnapshot(files, new Scene("").WithStatus(0, "1", StatusState.Done).Status);

        Explained(true).Should().Equal("2", "1");
        Explained(false).Should().Equal("2");

        IEnumerable<string> Explained(bool withFinished) =>
            Planner.Of(Some.Watch(""), folder, new HashSet<WorkKey>(), Scene.Now, isExplained: true, withFinished).Explanations!
                .Select(decision => decision.FileName);
    }
}
