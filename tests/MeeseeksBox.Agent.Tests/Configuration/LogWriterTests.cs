using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Testing;
using Serilog.Events;
using Serilog.Parsing;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>How lines of the log come to where they are written.</summary>
public sealed class LogWriterTests
{
    [Fact]
    public async Task Events_that_come_while_one_is_written_are_written_together_and_in_order()
    {
        using var stream = new FakeStream();
        using var writer = Writer(stream);
        stream.Hold();
        writer.Emit(Event("first"));
        await stream.WhenHeldAsync();

        foreach (var number in Enumerable.Range(1, 100))
            writer.Emit(Event($"{number}"));
        stream.Release();

        await Wait.Until(() => stream.Writes.Count == 2, () => $"{stream.Writes.Count} writes", TestContext.Current.CancellationToken);
        stream.Writes[0].Should().Be("first\n");
        stream.Writes[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(Enumerable.Range(1, 100).Select(number => $"{number}"));
    }

    [Fact]
    public void What_waits_is_written_before_it_is_closed()
    {
        using var stream = new FakeStream();
        var writer = Writer(stream);
        writer.Emit(Event("one"));
        writer.Emit(Event("two"));

        writer.Dispose();

        string.Concat(stream.Writes).Should().Be("one\ntwo\n");
        stream.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task A_log_that_nobody_reads_on_holds_up_neither_events_nor_the_end()
    {
        using var stream = new FakeStream();
        var writer = Writer(stream);
        stream.Hold();
        writer.Emit(Event("first"));
        await stream.WhenHeldAsync();

        foreach (var number in Enumerable.Range(1, 10_001))
            writer.Emit(Event($"{number}"));
        writer.Dispose();

        stream.Release();
        await Wait.Until(() => stream.IsClosed, () => "still open", TestContext.Current.CancellationToken);
        string.Concat(stream.Writes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(10_001).And.EndWith("10000");
    }

    [Fact]
    public async Task A_write_that_fails_does_not_end_the_log()
    {
        using var stream = new FakeStream();
        using var writer = Writer(stream);
        stream.Failure = new IOException("No space left on device");
        writer.Emit(Event("lost"));
        await Wait.Until(() => stream.Failure is null, () => "not written yet", TestContext.Current.CancellationToken);

        writer.Emit(Event("kept"));

        await Wait.Until(() => stream.Writes.Count > 0, () => "nothing", TestContext.Current.CancellationToken);
        stream.Writes.Should().Equal("kept\n");
    }

    private static LogWriter Writer(Stream stream) => new(stream, new LogLineFormatter(new LoggingConfig { Format = "%(message)s" }));

    private static LogEvent Event(string text) =>
        new(DateTimeOffset.UnixEpoch, LogEventLevel.Information, exception: null, new MessageTemplateParser().Parse(text), []);
}
