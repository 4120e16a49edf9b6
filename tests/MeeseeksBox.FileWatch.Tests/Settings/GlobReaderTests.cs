using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>Patterns that cannot be used, or match nothing (docs/SPECIFICATION.md#globs).</summary>
public sealed class GlobReaderTests
{
    private const string Watch = """watch.w={"path":"/data","jobs":[{"pool":"p","args":["x","%(filename)s"]}]}""";

    [Theory]
    [InlineData("'a/*'", "'a/*': a pattern with a slash needs recursive")]
    [InlineData("'/data/*'", "'/data/*': a pattern is for files in path, and cannot begin with / or ./")]
    [InlineData("'./*'", "'./*': a pattern is for files in path, and cannot begin with / or ./")]
    [InlineData("'a/'", "'a/': a pattern is for files, and cannot end with a slash")]
    [InlineData("true", "true is not a pattern for names")]
    [InlineData("''", "'' is not a pattern for names")]
    [InlineData("'{1..2000}'", "'{1..2000}': its braces stand for more than 1000 patterns")]
    public void A_pattern_that_cannot_be_used_is_the_only_thing_to_be_said(string pattern, string problem)
    {
        var json = pattern.Replace('\'', '"');

        var glob = WatcherConfigurationReader.Read([Watch, $"watch.w.glob=[{json}]"]);
        var exclude = WatcherConfigurationReader.Read([Watch, "watch.w.glob=*", $"watch.w.exclude=[{json}]"]);

        glob.Lines.Should().Equal($"command line: watch.w.glob: {problem}");
        exclude.Lines.Should().Equal($"command line: watch.w.exclude: {problem}");
    }

    [Theory]
    [InlineData("['.*']", "'.*': names that begin with a dot are never watched, so that '.*' matches nothing")]
    [InlineData("['[z-a]*']", "'[z-a]*': the range z-a is empty; write a-z")]
    [InlineData("['*.dat *.txt']", "'*.dat *.txt': it is one pattern; write a list for several, [\"*.dat\", \"*.txt\"]")]
    [InlineData("['*.dat,*.txt']", "'*.dat,*.txt': it is one pattern; write a list for several, [\"*.dat\", \"*.txt\"]")]
    [InlineData("['*.dat ']", "'*.dat ': it begins or ends with a space, which names must have, too")]
    [InlineData("['\\'*.dat\\'']", "''*.dat'': the quotes are part of the names")]
    [InlineData("['!(*.dat)']", "'!(*.dat)': !(…) is literal; use a list, {a,b}, or exclude")]
    [InlineData("['a.*\\\\.dat']", "'a.*\\.dat': it looks like a regular expression, and is a pattern of the shell, such as *.dat")]
    [InlineData("['\\\\d*.dat']", "'\\d*.dat': \\d is the letter d; use [[:digit:]]")]
    [InlineData("['%(kind)s*']", "'%(kind)s*': %(kind)s is literal, because there is no key 'kind'")]
    [InlineData("['*','*.dat']", "'*.dat' gets no file: '*' before it matches all of them")]
    [InlineData("['*.dat','*.txt','*.dat']", "'*.dat' gets no file: '*.dat' before it matches all of them")]
    public void A_pattern_that_probably_matches_nothing_is_a_warning(string globs, string warning)
    {
        var json = globs.Replace("\\'", "\u0001").Replace('\'', '"').Replace('\u0001', '\'');

        var result = WatcherConfigurationReader.Read([Watch, $"watch.w.glob={json}"]);

        result.Lines.Should().Equal($"warning: command line: watch.w.glob: {warning}");
    }

    [Theory]
    [InlineData("My Report *.pdf")]
    [InlineData("*.{dat,txt}")]
    [InlineData("report*(1).pdf")]
    [InlineData("a, b.dat")]
    [InlineData("[[:digit:]][!a-z]?.dat")]
    [InlineData("+*.dat")]
    public void An_unusual_pattern_is_no_reason_for_a_warning(string pattern)
    {
        WatcherConfigurationReader.Read([Watch, $"watch.w.glob=[\"{pattern}\"]"]).Lines.Should().BeEmpty();
    }

    [Fact]
    public void A_glob_whose_files_are_all_excluded_is_a_warning()
    {
        WatcherConfigurationReader.Read([Watch, "watch.w.glob=*.dat", "watch.w.exclude=[\"*.tmp\",\"*\"]"]).Lines.Should().Equal(
            "warning: command line: watch.w.glob: '*.dat' gets no file: exclude matches all of them");
    }

    [Fact]
    public void Exclude_without_a_glob_is_ignored_with_a_warning()
    {
        WatcherConfigurationReader
            .Read(["""watch.w={"exclude":"*.bak","jobs":[{"pool":"p","args":["x"]}]}"""]).Lines.Should().Equal(
                "warning: command line: watch.w.exclude: ignored: there is no glob, so that there are no files");
    }
}
