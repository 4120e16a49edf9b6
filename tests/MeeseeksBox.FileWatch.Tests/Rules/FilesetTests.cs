using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The key <c>fileset</c> (docs/SPECIFICATION.md#filesets).</summary>
public sealed class FilesetTests
{
    private const string Sets = "'glob':['*.foo','*.bar','*.baz'],'split':'.','fileset':2,";
    private const string OneJob = Sets + "'jobs':[{'pool':'p','args':['x']}]";

    [Fact]
    public void A_set_is_complete_when_the_first_parts_are_equal_in_all_lists()
    {
        new Scene(OneJob).With("20260101.00.foo", "20260101.00.bar").Due().Should().BeEmpty();
        new Scene(OneJob).With("20260101.00.foo", "20260101.00.bar", "20260101.01.baz").Due().Should().BeEmpty();
        new Scene(OneJob).With("20260101.00.foo", "20260101.00.bar", "20260101.00.baz").Due().Should().Equal("0:20260101.00.foo");
    }

    [Fact]
    public void A_single_jobspec_runs_once_for_the_set_with_all_its_files()
    {
        var work = new Scene(OneJob).With("1.0.foo", "1.0.bar", "1.0.baz").Plan().Due.Should().ContainSingle().Subject;

        work.Files.Should().Equal("1.0.foo", "1.0.bar", "1.0.baz");
    }

    [Fact]
    public void A_list_of_jobspecs_runs_for_each_file_of_the_set()
    {
        new Scene(Sets + "'jobs':[[{'pool':'a','args':['x']},{'pool':'b','args':['x']}]]").With("1.0.foo", "1.0.bar", "1.0.baz")
            .DuePools().Should().Equal("a:1.0.foo", "b:1.0.bar", "b:1.0.baz");
    }

    [Fact]
    public void Sets_are_ordered_by_name_and_each_runs_the_job_of_its_place()
    {
        new Scene(Sets + "'run_all':false," + Some.Jobs(2))
            .With("1.0.foo", "1.0.bar", "1.0.baz", "2.0.foo", "2.0.bar", "2.0.baz", "3.0.foo")
            .Due().Should().Equal("0:2.0.foo", "1:1.0.foo");
    }

    [Fact]
    public void The_next_step_of_a_set_waits_for_all_its_jobs()
    {
        var scene = new Scene(Sets + "'jobs':[[{'pool':'a','args':['x']}],{'pool':'b','args':['x']}]")
            .With("1.0.foo", "1.0.bar", "1.0.baz", "2.0.foo", "2.0.bar", "2.0.baz")
            .WithStatus(0, "1.0.foo", StatusState.Done).WithStatus(0, "1.0.bar", StatusState.Done).WithInFlight(0, "1.0.baz")
            .WithInFlight(0, "2.0.foo").WithInFlight(0, "2.0.bar").WithInFlight(0, "2.0.baz");

        scene.Due().Should().BeEmpty();
    }

    [Fact]
    public void By_default_there_are_no_sets()
    {
        new Scene("'glob':['*.foo','*.bar'],'split':'.'").With("1.foo").Due().Should().Equal("0:1.foo");
    }

    [Fact]
    public void Match_is_another_name_of_fileset()
    {
        new Scene("'glob':['*.foo','*.bar'],'split':'.','match':1").With("1.foo").Due().Should().BeEmpty();
    }

    [Fact]
    public void A_name_with_too_few_parts_is_in_no_set()
    {
        new Scene("'glob':['*o','*r'],'split':'.','fileset':2").With("foo", "bar").Due().Should().BeEmpty();
    }

    [Fact]
    public void An_incomplete_set_is_explained()
    {
        new Scene(OneJob).With("1.0.foo", "1.0.bar").Plan(isExplained: true).Explanations!.Select(decision => decision.Reason)
            .Should().AllBe("its fileset is not complete: nothing matches *.baz");
    }

    [Fact]
    public void Files_of_a_set_with_an_empty_jobspec_are_marked()
    {
        var plan = new Scene(Sets + "'jobs':[[{'pool':'a','args':['x']},null]]").With("1.0.foo", "1.0.bar", "1.0.baz").Plan();

        plan.Due.Select(work => work.FileName).Should().Equal("1.0.foo");
        plan.Marks.Should().Equal(new WorkKey(0, "1.0.bar"), new WorkKey(0, "1.0.baz"));
    }

    [Theory]
    [InlineData("20260101.00.foo", "20260101.00")]
    [InlineData("20260101.00", "20260101.00")]
    [InlineData("20260101.", "20260101.")]
    [InlineData(".", ".")]
    [InlineData("20260101", null)]
    [InlineData("", null)]
    public void The_key_of_a_set_is_the_first_parts_of_a_name(string name, string? expected)
    {
        Some.Watch("'glob':['*.foo','*.bar'],'split':'.','fileset':2").SetKeyOf(name).Should().Be(expected);
    }
}
