using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The keys <c>set_timeout</c> and <c>set_required</c> (docs/SPECIFICATION.md#incomplete-sets).</summary>
public sealed class SetTimeoutTests
{
    private const string Sets = "'glob':['*.foo','*.bar','*.baz'],'split':'.','fileset':1,'set_timeout':600,";
    private const string OneJob = Sets + "'jobs':[{'pool':'p','args':['x']}]";

    [Fact]
    public void An_incomplete_set_runs_after_its_time_with_what_is_there()
    {
        Scene(OneJob, 599, "1.foo", "1.baz").Due().Should().BeEmpty();
        var work = Scene(OneJob, 600, "1.foo", "1.baz").Plan().Due.Should().ContainSingle().Subject;

        work.Files.Should().Equal("1.foo", "1.baz");
        work.Lists.Should().Equal(0, 2);
    }

    [Fact]
    public void The_plan_names_the_time_at_which_the_set_is_due()
    {
        Scene(OneJob, 500, "1.foo").Plan().NextDue.Should().Be(Tests.Rules.Scene.Now + (100 * TimeSpan.TicksPerSecond));
    }

    [Fact]
    public void Without_a_required_file_the_set_waits_on_and_is_overdue()
    {
        var plan = Scene(OneJob, 600, "1.bar", "1.baz").Plan();

        plan.Due.Should().BeEmpty();
        plan.Waiting.Should().ContainSingle().Which.IsOverdue.Should().BeTrue();
    }

    [Theory]
    [InlineData("[0,'*.baz']", "1.foo,1.bar", false)]
    [InlineData("[0,'*.baz']", "1.foo,1.baz", true)]
    [InlineData("'*.bar'", "1.bar", true)]
    [InlineData("[]", "1.baz", true)]
    public void The_required_files_are_globs_or_numbers(string required, string files, bool isDue)
    {
        Scene($"{OneJob},'set_required':{required}", 600, files.Split(',')).Due().Length.Should().Be(isDue ? 1 : 0);
    }

    [Fact]
    public void The_first_file_that_comes_late_does_not_run_the_set_again()
    {
        Scene($"{OneJob},'set_required':1", 600, "1.foo", "1.bar").WithStatus(0, "1.bar", StatusState.Done).Due().Should().BeEmpty();
    }

    [Fact]
    public void A_member_that_comes_late_does_not_run_the_set_again()
    {
        var scene = Scene(OneJob, 600, "1.foo", "1.bar").WithStatus(0, "1.foo", StatusState.Done).WithArrived("1.bar");

        var plan = scene.Plan();
        plan.Due.Should().BeEmpty();
        plan.Late.Should().ContainSingle().Which.FileName.Should().Be("1.bar");
    }

    [Fact]
    public void A_late_member_has_its_own_job_in_a_list_of_jobspecs()
    {
        Scene(Sets + "'jobs':[[{'pool':'a','args':['x']},{'pool':'b','args':['x']}]]", 600, "1.foo", "1.bar")
            .WithStatus(0, "1.foo", StatusState.Done).Due().Should().Equal("0:1.bar");
    }

    [Fact]
    public void A_set_that_has_run_does_not_wait_again_after_a_restart()
    {
        var scene = Scene(OneJob, 0, "1.foo").WithStatus(0, "1.foo", StatusState.Failed);

        scene.Due().Should().Equal("0:1.foo");
        scene.Plan().Waiting.Should().BeEmpty();
    }

    [Fact]
    public void A_time_that_lies_ahead_is_now()
    {
        var history = new SetHistory(_ => 500);

        history.SinceOf("1", ["1.foo"], 400).Should().Be(400);
        history.SinceOf("1", ["1.foo"], 600).Should().Be(500);
    }

    [Fact]
    public void After_the_first_plan_the_clock_of_the_watcher_counts()
    {
        var history = new SetHistory(_ => 100);
        var plan = new Plan();
        plan.WaitingSince["1"] = 100;
        history.Keep(plan);

        history.SinceOf("1", ["1.foo"], 400).Should().Be(100);
        history.SinceOf("2", ["2.foo"], 400).Should().Be(400);
    }

    [Fact]
    public void A_list_without_a_file_has_an_empty_text()
    {
        var settings = Some.Watch(Sets + "'jobs':[{'pool':'%(fileset1)s%(fileset2)s','args':['x']}]");
        var work = new Scene(settings).With("1.foo", "1.baz").WithSince("1", 600).Plan().Due.Single();

        work.Template.Fill(new MeeseeksBox.FileWatch.Jobs.JobValues(settings, work)).Value!["pool"]!.ToString().Should().Be("1.baz");
    }

    [Theory]
    [InlineData(500, "its fileset is not complete: nothing matches *.foo; set_timeout is over in 100 s")]
    [InlineData(600, "its fileset is not complete: nothing matches *.foo; set_timeout is over, but set_required needs *.foo")]
    public void The_time_is_explained(double seconds, string reason)
    {
        Scene(OneJob, seconds, "1.bar", "1.baz").Plan(isExplained: true).Explanations!.Select(decision => decision.Reason)
            .Should().AllBe(reason);
    }

    private static Scene Scene(string json, double seconds, params string[] files) => new Scene(json).With(files).WithSince("1", seconds);
}
