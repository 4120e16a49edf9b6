using System.Diagnostics;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Testing;
using Serilog.Events;
using Serilog.Parsing;

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

    [Fact]
    public async Task A_reload_of_a_log_without_a_reader_blocks_no_line()
    {
        using var log = Setup(new LoggingConfig { FileName = NewPipe(), Format = "%(message)s" });
        log.Logger.Information(TooLong);
        log.Logger.Information("stuck");

        var begin = Stopwatch.GetTimestamp();
        log.Apply(new LoggingConfig { FileName = _folder.File("a.log"), Format = "%(message)s" }).Should().BeNull();
        log.Logger.Information("new");
        Stopwatch.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(0.9));

        await Wait.Until(() => Lines("a.log").Length > 0, () => "nothing", TestContext.Current.CancellationToken);
        Lines("a.log").Should().Equal("new");
    }

    [Fact]
    public async Task Lost_lines_are_counted_before_the_next_written_one()
    {
        var path = NewPipe();
        var formatter = new LogLineFormatter(new LoggingConfig());
        using var sink = new AppendSink(formatter, AppendTarget.Open(path, UnixFileMode.UserWrite), path, "meeseeks-box");
        sink.Emit(Event(TooLong));
        sink.Emit(Event("lost"));

        await using var pipe = new FileStream(path, FileMode.Open, FileAccess.Read);
        await pipe.ReadExactlyAsync(new byte[10_000], TestContext.Current.CancellationToken);
        sink.Emit(Event("written"));
        sink.Emit(Event("next"));

        using var reader = new StreamReader(pipe);
        var lines = new List<string>();
        while (lines is [] || lines[^1] != "INFO root: next")
            lines.Add((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        lines[^3..].Should().Equal(
            "WARNING meeseeks-box: log incomplete: lines dropped before this one: 2", "INFO root: written", "INFO root: next");
    }

    public void Dispose() => _folder.Dispose();

    // Longer than a pipe holds.
    private static string TooLong => new('x', 100_000);

    private static LogEvent Event(string text) =>
        new(DateTimeOffset.UnixEpoch, LogEventLevel.Information, exception: null, new MessageTemplateParser().Parse(text), []);

    private string NewPipe()
    {
        using var made = Process.Start("mkfifo", _folder.File("pipe"));
        made.WaitForExit();
        return _folder.File("pipe");
    }

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
