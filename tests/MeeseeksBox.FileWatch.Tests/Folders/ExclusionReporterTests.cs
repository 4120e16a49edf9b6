using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The log of files that are not taken by default (docs/WATCH.md#excluded-files).</summary>
public sealed class ExclusionReporterTests
{
    private readonly LinesLog _log = new();

    [Fact]
    public void The_first_file_with_a_temporary_name_is_logged_once()
    {
        var reporter = new ExclusionReporter(_log.Logger);
        var watch = Some.Watch("'glob':['*.d*','*.tmp']");

        reporter.Report(watch, Folder("a.dat", "a.tmp", "b.part"));
        _log.Lines.Should().BeEmpty();
        reporter.Report(watch, Folder("a.dat", "a.download"));
        reporter.Report(watch, Folder("b.download"));

        _log.Lines.Should().Equal(
            "Information: \"a.download\" is not taken: \"*.download\" is a temporary name; exclude: [] takes such files");
    }

    [Fact]
    public void With_exclude_nothing_is_logged()
    {
        new ExclusionReporter(_log.Logger).Report(Some.Watch("'exclude':'*.tmp'"), Folder("a.tmp", "b.part"));

        _log.Lines.Should().BeEmpty();
    }

    private static FolderSnapshot Folder(params string[] names) => new([.. names.Select(name => new WatchedFile(name))], new StatusTable());
}
