using MeeseeksBox.FileWatch.Jobs;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>Ids are derived from watch, index and file, so that a repeated submit finds its job.</summary>
public sealed class WorkIdTests
{
    private static readonly WorkItem Work = new() { Template = Some.Watch().Jobs[0].For(0)!, Index = 0, FileName = "20260101.00.foo" };

    [Fact]
    public void The_id_is_the_same_each_time_and_readable()
    {
        Id(Work).Should().Be(Id(Work)).And.MatchRegex(@"^w\.0\.20260101\.00\.foo\.[0-9a-f]{16}$");
    }

    [Fact]
    public void It_differs_by_watcher_watch_path_index_file_time_and_attempt()
    {
        string[] ids =
        [
            Id(Work),
            Id(Work with { Index = 1 }),
            Id(Work with { FileName = "other" }),
            Id(Work with { Mtime = 1 }),
            Id(Work with { Mtime = 2 }),
            WorkId.Of("host2", Some.Watch(), Work, null, 0),
            WorkId.Of("host", Some.Watch("'path':'/other'"), Work, null, 0),
            WorkId.Of("host", Some.Watch(), Work, null, 1),
        ];

        ids.Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("{J}", true)]
    [InlineData("[{J},{J}]", false)]
    public void A_set_has_one_id_whichever_files_it_begins_with(string step, bool isOne)
    {
        var jobs = step.Replace("{J}", "{'pool':'p','args':['x']}");
        var watch = Some.Watch($"'glob':['*.foo','*.bar'],'split':'.','fileset':2,'jobs':[{jobs}]");
        var set = Work with { SetKey = "20260101.00" };

        OfSet(set with { FileName = "20260101.00.z.foo" }).Should().Be(OfSet(set)).And.StartWith("w.0.20260101.00.");
        (OfSet(set with { List = 1 }) == OfSet(set)).Should().Be(isOne);
        OfSet(set with { SetKey = "20260101.06" }).Should().NotBe(OfSet(set));
        OfSet(set with { Mtime = 1 }).Should().NotBe(OfSet(set));

        string OfSet(WorkItem work) => WorkId.Of("host", watch, work, null, 0);
    }

    [Fact]
    public void Names_with_equal_readable_forms_have_different_ids()
    {
        Id(Work with { FileName = "a b" }).Should().NotBe(Id(Work with { FileName = "a_b" })).And.NotContain(" ");
    }

    [Fact]
    public void The_id_of_a_jobspec_is_kept_and_further_attempts_are_numbered()
    {
        WorkId.Of("host", Some.Watch(), Work, "mine", 0).Should().Be("mine");
        WorkId.Of("host", Some.Watch(), Work, "mine", 2).Should().Be("mine~2");
    }

    private static string Id(WorkItem work) => WorkId.Of("host", Some.Watch(), work, null, 0);
}
