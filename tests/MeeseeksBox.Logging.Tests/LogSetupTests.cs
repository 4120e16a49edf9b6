using MeeseeksBox.Testing;
using Serilog.Events;

namespace MeeseeksBox.Logging.Tests;

/// <summary>The log at the start and at a reload (docs/SPECIFICATION.md#logging-settings).</summary>
public sealed class LogSetupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task An_event_of_an_idle_log_is_written_at_once()
    {
        using var log = Setup(new LoggingConfig { FileName = _folder.File("a.log") });

        log.CreateLogger("node1.Pool.p1").Information("job {Job} started", "x");

        await Wait.Until(() => Lines("a.log").Length > 0, () => "nothing", TestContext.Current.CancellationToken);
        Lines("a.log").Should().Equal("INFO node1.Pool.p1: job x started");
    }

    [Fact]
    public void The_file_is_appended_to_unless_it_starts_empty()
    {
        File.WriteAllText(_folder.File("a.log"), "old\n");
        File.WriteAllText(_folder.File("w.log"), "old\n");

        using (var append = Setup(new LoggingConfig { FileName = _folder.File("a.log") }))
            append.Logger.Warning("new");
        using (var empty = Setup(new LoggingConfig { FileName = _folder.File("w.log"), StartsEmpty = true }))
            empty.Logger.Warning("new");

        Lines("a.log").Should().Equal("old", "WARNING meeseeks-box: new");
        Lines("w.log").Should().Equal("WARNING meeseeks-box: new");
    }

    [Fact]
    public void A_reload_changes_level_format_and_file_of_existing_loggers()
    {
        var log = Setup(new LoggingConfig { FileName = _folder.File("a.log"), Level = LogEventLevel.Warning });
        var logger = log.CreateLogger("n");
        logger.Information("unheard");

        log.Apply(new LoggingConfig { FileName = _folder.File("b.log"), Level = LogEventLevel.Debug, Format = "%(message)s" })
            .Should().BeNull();
        logger.Debug("heard");
        log.Dispose();

        Lines("a.log").Should().BeEmpty();
        Lines("b.log").Should().Equal("heard");
    }

    [Fact]
    public void A_check_of_a_configuration_changes_no_file()
    {
        var (present, later) = (_folder.Write("present.log", "old"), _folder.File("later.log"));

        LogSetup.ProblemOf(new LoggingConfig { FileName = present, StartsEmpty = true }).Should().BeNull();
        LogSetup.ProblemOf(new LoggingConfig { FileName = later }).Should().BeNull();
        LogSetup.ProblemOf(new LoggingConfig { FileName = _folder.File("no/folder.log") }).Should().Contain("no/folder.log");

        File.ReadAllText(present).Should().Be("old");
        File.Exists(later).Should().BeFalse();
    }

    [Fact]
    public void A_reload_keeps_the_content_of_a_file_that_started_empty()
    {
        var config = new LoggingConfig { FileName = _folder.File("a.log"), StartsEmpty = true, Format = "%(message)s" };
        var log = Setup(config);
        log.Logger.Information("one");

        log.Apply(config).Should().BeNull();
        log.Logger.Information("two");
        log.Dispose();

        Lines("a.log").Should().Equal("one", "two");
    }

    [Fact]
    public void A_reload_creates_a_moved_file_again()
    {
        var config = new LoggingConfig { FileName = _folder.File("a.log"), Format = "%(message)s" };
        var log = Setup(config);
        log.Logger.Information("one");
        File.Move(_folder.File("a.log"), _folder.File("a.log.1"));

        log.Apply(config).Should().BeNull();
        log.Logger.Information("two");
        log.Dispose();

        Lines("a.log.1").Should().Equal("one");
        Lines("a.log").Should().Equal("two");
    }

    [Fact]
    public async Task A_truncated_file_is_continued_at_its_new_end()
    {
        var log = Setup(new LoggingConfig { FileName = _folder.File("a.log"), Format = "%(message)s" });
        log.Logger.Information("one");
        await Wait.Until(() => Lines("a.log").Length > 0, () => "nothing", TestContext.Current.CancellationToken);
        using (var file = new FileStream(_folder.File("a.log"), FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(0);

        log.Logger.Information("two");
        log.Dispose();

        File.ReadAllText(_folder.File("a.log")).Should().Be("two\n");
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_rejected_and_the_previous_log_continues()
    {
        var log = Setup(new LoggingConfig { FileName = _folder.File("a.log"), Format = "%(message)s" });

        var problem = log.Apply(new LoggingConfig { FileName = _folder.File("none/b.log"), Level = LogEventLevel.Fatal });
        log.Logger.Information("still here");
        log.Dispose();

        problem.Should().StartWith($"logging.filename: the file '{_folder.File("none/b.log")}' cannot be written: ");
        Lines("a.log").Should().Equal("still here");
    }

    public void Dispose() => _folder.Dispose();

    private static LogSetup Setup(LoggingConfig config)
    {
        var log = new LogSetup("meeseeks-box");
        log.Apply(config).Should().BeNull();
        return log;
    }

    private string[] Lines(string name)
    {
        using var file = new FileStream(_folder.File(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
