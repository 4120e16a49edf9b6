using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What the log says of files that stay open for writing.</summary>
public sealed class OpenFileReporterTests
{
    private readonly LinesLog _log = new();

    [Fact]
    public void A_file_that_stays_open_is_named_once()
    {
        var reporter = new OpenFileReporter(_log.Logger);
        for (var scan = 0; scan < 4; scan++)
            reporter.Report(["a"]);

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Information: \"a\" is open for writing");
    }

    [Fact]
    public void A_round_that_ends_names_the_files_that_it_leaves()
    {
        var reporter = new OpenFileReporter(_log.Logger);
        reporter.Report(["b", "a"]);
        reporter.ReportLeft([]);
        _log.Lines.Should().BeEmpty();

        reporter.ReportLeft(["b", "a"]);

        _log.Lines.Should().Equal("Information: files open for writing are left to the next round: 2 (\"a, b\")");
    }
}
