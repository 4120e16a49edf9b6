using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>A set runs once, whatever comes later (docs/SPECIFICATION.md#set-results).</summary>
public sealed class SetRunTests
{
    private const string Sets = "'glob':['*.foo','*.bar'],'split':'.','fileset':2,";
    private const string OneJob = Sets + "'jobs':[{'pool':'p','args':['x']}]";
    private const string ListOfJobs = Sets + "'jobs':[[{'pool':'a','args':['x']},{'pool':'b','args':['x']}]]";

    [Theory]
    [InlineData("a.1.z.foo")]
    [InlineData("a.1.r.bar")]
    public void A_late_file_does_not_run_the_set_again(string late)
    {
        var scene = new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar", late);

        scene.WithStatus(0, "a.1.y.foo", StatusState.Done).Due().Should().BeEmpty();
    }

    [Theory]
    [InlineData("a.1.z.foo")]
    [InlineData("a.1.r.bar")]
    public void A_late_file_does_not_run_the_set_again_while_it_runs(string late)
    {
        new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar", late).WithInFlight(0, "a.1.y.foo").Due().Should().BeEmpty();
    }

    [Theory]
    [InlineData(StatusState.Done)]
    [InlineData(StatusState.Killed)]
    public void The_result_of_a_file_that_is_gone_counts(StatusState state)
    {
        new Scene(OneJob).With("a.1.z.foo", "a.1.q.bar").WithStatus(0, "a.1.y.foo", state).Due().Should().BeEmpty();
        new Scene(OneJob).With("a.1.z.foo", "a.1.q.bar").WithInFlight(0, "a.1.y.foo").Due().Should().BeEmpty();
    }

    [Fact]
    public void A_failure_of_a_file_that_is_gone_does_not_count()
    {
        new Scene(OneJob).With("a.1.z.foo", "a.1.q.bar").WithStatus(0, "a.1.y.foo", StatusState.Failed).Due()
            .Should().Equal("0:a.1.z.foo");
    }

    [Fact]
    public void A_failed_set_is_run_again_with_its_first_file()
    {
        new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo").WithStatus(0, "a.1.y.foo", StatusState.Failed).Due()
            .Should().Equal("0:a.1.y.foo");
        new Scene(OneJob + ",'retries':0").With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo").WithStatus(0, "a.1.y.foo", StatusState.Failed)
            .Due().Should().BeEmpty();
    }

    [Fact]
    public void Until_it_runs_a_set_has_the_first_candidate_in_order()
    {
        new Scene(OneJob).With("a.1.y.foo", "a.1.z.foo", "a.1.q.bar").Due().Should().Equal("0:a.1.z.foo");
        new Scene(OneJob + ",'reverse':true").With("a.1.y.foo", "a.1.z.foo", "a.1.q.bar").Due().Should().Equal("0:a.1.y.foo");
    }

    [Fact]
    public void A_result_of_the_second_list_is_not_that_of_the_set()
    {
        new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar").WithStatus(0, "a.1.q.bar", StatusState.Done).Due().Should().Equal("0:a.1.y.foo");
    }

    [Fact]
    public void In_a_list_of_jobspecs_the_result_of_each_list_counts()
    {
        var scene = new Scene(ListOfJobs).With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo", "a.1.r.bar")
            .WithStatus(0, "a.1.y.foo", StatusState.Done);

        scene.DuePools().Should().Equal("b:a.1.r.bar");
        scene.WithStatus(0, "a.1.q.bar", StatusState.Done).Due().Should().BeEmpty();
    }

    [Fact]
    public void Each_step_has_a_result_of_its_own()
    {
        new Scene(Sets + Some.Jobs(2)).With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo", "a.2.y.foo", "a.2.y.bar")
            .WithStatus(0, "a.1.y.foo", StatusState.Done).WithStatus(0, "a.2.y.foo", StatusState.Done)
            .Due().Should().Equal("1:a.1.y.foo");
    }

    [Fact]
    public void A_changed_set_runs_again_also_with_a_late_file()
    {
        var scene = new Scene(OneJob + ",'updated':true").With("a.1.y.foo", "a.1.q.bar").WithAged("a.1.r.bar", 5)
            .WithStatus(0, "a.1.y.foo", StatusState.Done);
        scene.Status.Add(new WorkKey(0, "a.1.y.foo"), StatusState.Mtime, Scene.Now - TimeSpan.TicksPerHour);

        scene.Due().Should().Equal("0:a.1.y.foo");
    }

    [Theory]
    [InlineData("", "._w_0_a.1.y.foo.done")]
    [InlineData(",'status':'xattr'", "its attribute user.w_0.done")]
    public void A_late_file_is_explained_with_what_to_remove(string more, string what)
    {
        var explained = new Scene(OneJob + more).With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo").WithStatus(0, "a.1.y.foo", StatusState.Done)
            .Plan(isExplained: true).Explanations!;

        explained.Should().Contain(new FileExplanation(
            "a.1.z.foo", null, $"the set a.1 is done with a.1.y.foo; remove {what} to run it again", IsOver: true));
    }

    [Fact]
    public void Files_that_come_after_the_run_are_late()
    {
        var scene = new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo", "a.1.r.bar").WithArrived("a.1.z.foo", "a.1.r.bar")
            .WithInFlight(0, "a.1.y.foo");

        scene.Plan().Late.Should().BeEquivalentTo([
            new LateFile("a.1.z.foo", "the set a.1 runs with a.1.y.foo"), new LateFile("a.1.r.bar", "the set a.1 runs with a.1.y.foo")]);
    }

    [Fact]
    public void Files_of_a_new_set_are_not_late()
    {
        new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar").WithArrived("a.1.y.foo", "a.1.q.bar").Plan().Late.Should().BeEmpty();
    }

    [Fact]
    public void Status_files_of_a_set_stay_while_a_file_of_it_is_there()
    {
        new Scene(OneJob).With("a.1.q.bar").WithStatus(0, "a.1.y.foo", StatusState.Done).Orphans().Should().BeEmpty();
        new Scene(OneJob).With("a.2.q.bar").WithStatus(0, "a.1.y.foo", StatusState.Done).Orphans().Should().Equal("0:a.1.y.foo:Done");
    }

    [Fact]
    public void A_set_moves_with_the_files_that_came_too_often()
    {
        new Scene(OneJob + ",'done_to':'good'").With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo").WithStatus(0, "a.1.y.foo", StatusState.Done)
            .Plan().Moves.Should().ContainSingle().Which.Files.Should().Equal("a.1.y.foo", "a.1.q.bar", "a.1.z.foo");
    }

    [Fact]
    public void A_set_is_in_one_folder()
    {
        var watch = Some.Watch(OneJob);

        watch.SetKeyOf("sub/a.1.y.foo").Should().Be("sub/a.1");
        watch.SetKeyOf("sub.a.b/a").Should().BeNull();
    }

    [Fact]
    public void A_finished_set_with_late_files_is_not_looked_at_again()
    {
        var plan = new Scene(OneJob).With("a.1.y.foo", "a.1.q.bar", "a.1.z.foo").WithStatus(0, "a.1.y.foo", StatusState.Done).Plan();

        plan.Finished.Should().BeEquivalentTo([(1, 0), (0, 1), (2, 2)]);
    }
}
