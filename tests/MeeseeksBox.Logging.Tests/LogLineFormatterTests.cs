using Serilog;
using Serilog.Events;

namespace MeeseeksBox.Logging.Tests;

/// <summary>The format of log lines (docs/SPECIFICATION.md#logging-settings).</summary>
public sealed class LogLineFormatterTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 31, 15, 34, 56, 789, TimeSpan.FromHours(1));

    [Fact]
    public void The_default_line_has_level_logger_and_message()
    {
        Line(new LoggingConfig(), "job {Job} started", "x").Should().Be("INFO node1.Pool.p1: job x started\n");
    }

    [Theory]
    [InlineData("%(asctime)s %(levelname)s %(name)s %(message)s", "2026-01-31 15:34:56,789 INFO node1.Pool.p1 hello\n")]
    [InlineData("[%(levelname)-8s|%(levelname)8s|%(levelname).2s]", "[INFO    |    INFO|IN]\n")]
    [InlineData("%(levelno)s %(levelno)d %(levelno)05d", "20 20 00020\n")]
    [InlineData("%(created)f %(created)d %(created).1f %(msecs)03d", "1769870096.789000 1769870096 1769870096.8 789\n")]
    [InlineData("100%% %%(name)s %(nix)s 5% %", "100% %(name)s %(nix)s 5% %\n")]
    public void The_format_is_that_of_Python(string format, string line)
    {
        Line(new LoggingConfig { Format = format }, "hello").Should().Be(line);
    }

    [Fact]
    public void The_process_is_our_own()
    {
        Line(new LoggingConfig { Format = "%(process)d" }, "x").Should().Be($"{Environment.ProcessId}\n");
    }

    [Theory]
    [InlineData("%d/%m/%y %I:%M:%S %p", "31/01/26 03:34:56 PM")]
    [InlineData("%a %A %b %B %e %j %H", "Sat Saturday Jan January 31 031 15")]
    [InlineData("%FT%T%z %s %% %Q %", "2026-01-31T15:34:56+0100 1769870096 % %Q %")]
    [InlineData("%c|%u%w|%G-W%V|%f|%D|%R", "Sat Jan 31 15:34:56 2026|66|2026-W05|789000|01/31/26|15:34")]
    public void The_date_format_is_that_of_strftime(string format, string time)
    {
        Line(new LoggingConfig { Format = "%(asctime)s", DateFormat = format }, "x").Should().Be(time + "\n");
    }

    [Theory]
    [InlineData(LogEventLevel.Debug, "DEBUG")]
    [InlineData(LogEventLevel.Information, "INFO")]
    [InlineData(LogEventLevel.Warning, "WARNING")]
    [InlineData(LogEventLevel.Error, "ERROR")]
    [InlineData(LogEventLevel.Fatal, "CRITICAL")]
    public void Levels_have_Pythons_names(LogEventLevel level, string name)
    {
        var logEvent = Event(level, exception: null, "x");

        Formatted(new LoggingConfig { Format = "%(levelname)s" }, logEvent).Should().Be(name + "\n");
    }

    [Fact]
    public void A_value_in_a_message_cannot_break_the_line()
    {
        Line(new LoggingConfig(), "job {Job} of {List}", "a\nINFO root: forged\r\u001b[2J\u2028\u202e", new[] { "b\nc" })
            .Should().Be("INFO node1.Pool.p1: job a\\nINFO root: forged\\r\\u001b[2J\\u2028\\u202e of [\"b\\nc\"]\n");
    }

    [Fact]
    public void The_name_of_a_logger_cannot_break_the_line()
    {
        var logEvent = Event(LogEventLevel.Information, exception: null, "x");
        logEvent.AddOrUpdateProperty(new LogEventProperty("Logger", new ScalarValue("n\n1")));

        Formatted(new LoggingConfig(), logEvent).Should().Be("INFO n\\n1: x\n");
    }

    [Fact]
    public void A_message_template_may_have_several_lines()
    {
        Line(new LoggingConfig(), "one\ntwo {X}", 3).Should().Be("INFO node1.Pool.p1: one\ntwo 3\n");
    }

    [Fact]
    public void An_exception_follows_on_indented_lines()
    {
        var logEvent = Event(LogEventLevel.Error, new InvalidOperationException("what\nERROR x: y\r\u0007"), "failed");

        Formatted(new LoggingConfig(), logEvent).Should()
            .Be("ERROR node1.Pool.p1: failed\n    System.InvalidOperationException: what\n    ERROR x: y\\r\\u0007\n");
    }

    [Fact]
    public void Numbers_keep_the_format_that_the_message_gives_them()
    {
        Line(new LoggingConfig(), "took {Seconds:0.0} s at {When:yyyy}, missing {Missing}", 1.26, Time)
            .Should().Be("INFO node1.Pool.p1: took 1.3 s at 2026, missing {Missing}\n");
    }

    private static string Line(LoggingConfig config, string template, params object?[] values) =>
        Formatted(config, Event(LogEventLevel.Information, exception: null, template, values));

    private static LogEvent Event(LogEventLevel level, Exception? exception, string template, params object?[] values)
    {
        using var logger = new LoggerConfiguration().CreateLogger();
        logger.BindMessageTemplate(template, values, out var parsed, out var properties).Should().BeTrue();
        var logEvent = new LogEvent(Time, level, exception, parsed!, properties!);
        logEvent.AddPropertyIfAbsent(new LogEventProperty(LogField.LoggerProperty, new ScalarValue("node1.Pool.p1")));
        return logEvent;
    }

    private static string Formatted(LoggingConfig config, LogEvent logEvent)
    {
        using var output = new StringWriter();
        new LogLineFormatter(config).Format(logEvent, output);
        return output.ToString();
    }
}
