using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The key <c>exclude</c> (docs/WATCH.md#excluded-files).</summary>
public sealed class ExcludeTests
{
    private const string Job = "'jobs':[{'pool':'p','args':['x']}]";

    [Theory]
    [InlineData("a.dat.filepart")]
    [InlineData("a.dat.ocTransferId1.part")]
    [InlineData("a.dat.1f2e3d4c.partial")]
    [InlineData("a.tmp")]
    [InlineData("~WRD0001.TMP")]
    [InlineData("a.dat.crdownload")]
    [InlineData("a.dat._COPYING_")]
    [InlineData("a.dat_.gstmp")]
    [InlineData("a.dat~")]
    [InlineData("#a.dat#")]
    [InlineData("~$a.docx")]
    public void The_temporary_names_of_uploaders_and_editors_are_excluded_by_default(string name)
    {
        new Scene("'glob':'*'," + Job).With("a.dat", name).Due().Should().Equal("0:a.dat");
        new Scene("'glob':'*.*'," + Job).With("a.dat", name).Due().Should().Equal("0:a.dat");
        new Scene("'glob':'*','exclude':[]," + Job).With(name).Due().Should().Equal($"0:{name}");
    }

    [Theory]
    [InlineData("attempt")]
    [InlineData("tmp")]
    [InlineData("a.parts")]
    [InlineData("a~b")]
    [InlineData("#")]
    [InlineData("#1.dat")]
    [InlineData("a$")]
    public void Other_names_are_not(string name)
    {
        TemporaryNames.PatternOf(name, [Glob.Parse("*")]).Should().BeNull();
    }

    [Theory]
    [InlineData("*.tmp", true)]
    [InlineData("a.tmp", true)]
    [InlineData("*.{dat,tmp}", true)]
    [InlineData("*.[tT][mM][pP]", true)]
    [InlineData("*tmp", true)]
    [InlineData("*", false)]
    [InlineData("*.*", false)]
    [InlineData("a*", false)]
    [InlineData("*.t*", false)]
    [InlineData("*.???", false)]
    [InlineData("*.{dat,*}", false)]
    public void A_glob_that_names_a_temporary_ending_takes_its_files(string glob, bool isTaken)
    {
        new Scene($"'glob':'{glob}'," + Job).With("a.tmp").Due().Should().Equal(isTaken ? ["0:a.tmp"] : []);
    }

    [Fact]
    public void A_file_that_any_glob_names_belongs_to_the_first_one_that_it_matches()
    {
        var watch = Some.Watch("'glob':['a*','*.tmp'],'jobs':[[{'pool':'p','args':['x']},{'pool':'q','args':['x']}]]");

        new Scene(watch).With("a.tmp", "b.tmp").DuePools().Should().Equal("p:a.tmp", "q:b.tmp");
    }

    [Fact]
    public void Written_patterns_replace_the_default_and_count_more_than_a_glob()
    {
        new Scene("'glob':['*.tmp','*'],'exclude':['*.bak','a*.tmp']," + Job).With("a.tmp", "b.tmp", "c.bak", "d.part").Due()
            .Should().Equal("0:b.tmp", "0:d.part");
    }

    [Fact]
    public void An_excluded_file_takes_no_place_and_belongs_to_no_set()
    {
        new Scene("'glob':'*','exclude':'*.bak','run_all':false," + Some.Jobs(2)).With("1", "2", "3.bak").Due()
            .Should().Equal("0:2", "1:1");
        new Scene("'glob':['*.foo*','*.bar'],'exclude':'*.foo~','split':'.','fileset':1," + Job).With("1.foo~", "1.bar").Due()
            .Should().BeEmpty();
    }

    [Fact]
    public void An_excluded_file_may_still_cause_others_to_be_skipped()
    {
        new Scene("'glob':'*','split':'.','skip':'tmp'," + Job).With("a", "a.tmp", "b").Due().Should().Equal("0:b");
    }

    [Fact]
    public void Excluded_files_are_explained_by_their_pattern()
    {
        Reasons("'glob':'*.d*'," + Job, "a.download", "b.txt").Should().Equal(
            "b.txt: no glob matches it", "a.download: its name is that of a temporary file, *.download, and exclude is not set");
        Reasons("'glob':'*','exclude':'*.bak'," + Job, "a.bak").Should().Equal("a.bak: it is excluded by *.bak");
    }

    private static string[] Reasons(string json, params string[] files) =>
        [.. new Scene(json).With(files).Plan(isExplained: true).Explanations!.Where(decision => !decision.IsDue).Select(decision =>
            $"{decision.FileName}: {decision.Reason}")];
}
