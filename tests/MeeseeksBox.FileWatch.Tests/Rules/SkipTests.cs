using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The keys <c>skip</c> and <c>partial</c> (docs/SPECIFICATION.md#filesets).</summary>
public sealed class SkipTests
{
    private const string Sets = "'glob':['*.foo','*.bar'],'split':'.','fileset':2,";
    private const string Job = "'jobs':[{'pool':'p','args':['x']}]";

    [Fact]
    public void A_set_is_skipped_while_its_parts_with_the_suffix_exist()
    {
        new Scene(Sets + "'skip':'out'," + Job).With("1.0.foo", "1.0.bar", "2.0.foo", "2.0.bar", "1.0.out").Due()
            .Should().Equal("0:2.0.foo");
    }

    [Fact]
    public void A_skipped_set_is_not_marked_and_takes_no_place()
    {
        var plan = new Scene(Sets + "'skip':'out','run_all':false," + Some.Jobs(2))
            .With("1.0.foo", "1.0.bar", "2.0.foo", "2.0.bar", "3.0.foo", "3.0.bar", "3.0.out").Plan();

        plan.Due.Select(work => $"{work.Index}:{work.FileName}").Should().Equal("0:2.0.foo", "1:1.0.foo");
        plan.Marks.Should().BeEmpty();
    }

    [Theory]
    [InlineData("1.0.out")]
    [InlineData("1.0.err")]
    public void Each_of_several_suffixes_skips(string name)
    {
        new Scene(Sets + "'skip':['out','err']," + Job).With("1.0.foo", "1.0.bar", name).Due().Should().BeEmpty();
    }

    [Fact]
    public void A_skip_file_of_another_set_has_no_effect()
    {
        new Scene(Sets + "'skip':'out'," + Job).With("1.0.foo", "1.0.bar", "1.00.out", "1.out").Due().Should().Equal("0:1.0.foo");
    }

    [Fact]
    public void A_file_without_sets_is_skipped_while_its_name_with_the_suffix_exists()
    {
        new Scene("'glob':'*.foo','split':'.','skip':'out'," + Job).With("1.foo", "1.foo.out", "2.foo", "2.out").Due()
            .Should().Equal("0:2.foo");
        new Scene("'glob':'*.foo','skip':'.out','run_all':false," + Some.Jobs(2)).With("1.foo", "2.foo", "3.foo", "3.foo.out").Due()
            .Should().Equal("0:2.foo", "1:1.foo");
    }

    [Fact]
    public void A_folder_skips_like_a_file()
    {
        var watch = Some.Watch(Sets + "'skip':'out'," + Job);
        var folder = FolderSnapshot.OfSorted([new("1.0.bar"), new("1.0.foo")], new StatusTable(), new HashSet<string> { "1.0.out" });

        Planner.Of(watch, folder, new HashSet<WorkKey>(), Scene.Now).Due.Should().BeEmpty();
    }

    [Fact]
    public void A_skip_file_may_have_any_age_and_match_no_glob()
    {
        new Scene("'glob':'*.foo','split':'.','min_age':10,'skip':'out'," + Job).With("1.foo").WithAged("1.foo.out", 1).Due()
            .Should().BeEmpty();
    }

    [Fact]
    public void Skipped_files_are_explained()
    {
        Reasons(Sets + "'skip':'out'," + Job, "1.0.foo", "1.0.bar", "1.0.out").Should().Equal(
            "1.0.out: no glob matches it",
            "1.0.foo: its fileset is skipped while '1.0.out' exists",
            "1.0.bar: its fileset is skipped while '1.0.out' exists");
        Reasons("'glob':'*.foo','split':'.','skip':'out'," + Job, "1.foo", "1.foo.out")
            .Should().Contain("1.foo: skipped while '1.foo.out' exists");
    }

    [Fact]
    public void A_partial_set_is_due_as_soon_as_its_file_of_the_first_list_exists()
    {
        var work = new Scene(Sets + "'partial':true," + Job).With("1.0.foo").Plan().Due.Should().ContainSingle().Subject;

        work.Files.Should().Equal("1.0.foo");
        new Scene(Sets + "'partial':true," + Job).With("1.0.bar").Due().Should().BeEmpty();
    }

    [Fact]
    public void A_partial_set_ends_before_its_first_missing_file()
    {
        new Scene("'glob':['*.foo','*.bar','*.baz'],'split':'.','fileset':2,'partial':true," + Job).With("1.0.foo", "1.0.baz")
            .Plan().Due.Single().Files.Should().Equal("1.0.foo");
    }

    [Fact]
    public void A_partial_set_that_has_run_does_not_run_again_when_it_becomes_complete()
    {
        new Scene(Sets + "'partial':true," + Job).With("1.0.foo", "1.0.bar").WithStatus(0, "1.0.foo", StatusState.Done).Due()
            .Should().BeEmpty();
    }

    [Fact]
    public void Files_outside_of_a_partial_set_are_explained()
    {
        Reasons("'glob':['*.foo','*.bar','*.baz'],'split':'.','fileset':2,'partial':true," + Job, "1.0.foo", "1.0.baz").Should()
            .Contain("1.0.baz: its fileset is not complete: nothing matches *.bar").And.NotContain(line =>
                line.StartsWith("1.0.foo: its fileset"));
    }

    private static string[] Reasons(string json, params string[] files) =>
        [.. new Scene(json).With(files).Plan(isExplained: true).Explanations!.Where(decision => !decision.IsDue).Select(decision =>
            $"{decision.FileName}: {decision.Reason}")];
}
