using MeeseeksBox.Testing;
using Serilog.Events;
using Serilog.Parsing;

namespace MeeseeksBox.Logging.Tests;

/// <summary>Tests of the background thread of the log.</summary>
public sealed class BackgroundSinkTests
{
    [Fact]
    public async Task Events_during_a_write_are_written_in_order()
    {
        using var sink = new FakeSink();
        using var writer = new BackgroundSink(sink, "meeseeks-box");
        sink.Hold();
        writer.Emit(Event("first"));
        await sink.WhenHeldAsync();

        foreach (var number in Enumerable.Range(1, 100))
            writer.Emit(Event($"{number}"));
        sink.Release();

        await Wait.Until(() => sink.Texts.Count == 101, () => $"{sink.Texts.Count} events", TestContext.Current.CancellationToken);
        sink.Texts.Should().Equal(["first", .. Enumerable.Range(1, 100).Select(number => $"{number}")]);
    }

    [Fact]
    public void Queued_events_are_written_before_the_close()
    {
        using var sink = new FakeSink();
        var writer = new BackgroundSink(sink, "meeseeks-box");
        writer.Emit(Event("one"));
        writer.Emit(Event("two"));

        writer.Dispose();

        sink.Texts.Should().Equal("one", "two");
        sink.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task A_stalled_log_blocks_neither_events_nor_the_close()
    {
        using var sink = new FakeSink();
        var writer = new BackgroundSink(sink, "meeseeks-box");
        sink.Hold();
        writer.Emit(Event("first"));
        await sink.WhenHeldAsync();

        foreach (var number in Enumerable.Range(1, 10_001))
            writer.Emit(Event($"{number}"));
        writer.Dispose();

        sink.Release();
        await Wait.Until(() => sink.IsClosed, () => "still open", TestContext.Current.CancellationToken);
        sink.Texts.Should().HaveCount(10_002);
        sink.Texts.TakeLast(2).Should().Equal("10000", Dropped(1));
    }

    [Fact]
    public async Task Dropped_events_are_counted_at_their_place()
    {
        using var sink = new FakeSink();
        using var writer = new BackgroundSink(sink, "meeseeks-box");
        sink.Hold();
        writer.Emit(Event("first"));
        await sink.WhenHeldAsync();
        foreach (var number in Enumerable.Range(1, 10_123))
            writer.Emit(Event($"{number}"));
        sink.Release();
        await Wait.Until(() => sink.Texts.Count == 10_002, () => $"{sink.Texts.Count}", TestContext.Current.CancellationToken);

        writer.Emit(Event("later"));

        await Wait.Until(() => sink.Texts.Count == 10_003, () => $"{sink.Texts.Count}", TestContext.Current.CancellationToken);
        sink.Texts.TakeLast(3).Should().Equal("10000", Dropped(123), "later");
    }

    [Fact]
    public async Task A_stalled_sink_is_replaced_without_a_wait_and_written_first()
    {
        using var sink = new FakeSink();
        var former = new BackgroundSink(sink, "meeseeks-box");
        sink.Hold();
        former.Emit(Event("first"));
        await sink.WhenHeldAsync();
        using var next = new FakeSink();

        using var writer = new BackgroundSink(next, "meeseeks-box", former);
        writer.Emit(Event("second"));

        sink.IsClosed.Should().BeFalse();
        next.Texts.Should().BeEmpty();
        sink.Release();
        await Wait.Until(() => next.Texts.Count > 0, () => "nothing", TestContext.Current.CancellationToken);
        sink.Texts.Should().Equal("first");
        sink.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task A_failed_write_does_not_end_the_log()
    {
        using var sink = new FakeSink();
        using var writer = new BackgroundSink(sink, "meeseeks-box");
        sink.Failure = new IOException("No space left on device");
        writer.Emit(Event("lost"));
        await Wait.Until(() => sink.Failure is null, () => "not written yet", TestContext.Current.CancellationToken);

        writer.Emit(Event("kept"));

        await Wait.Until(() => sink.Texts.Count > 0, () => "nothing", TestContext.Current.CancellationToken);
        sink.Texts.Should().Equal("kept");
    }

    private static string Dropped(int count) => $"log incomplete: lines dropped before this one: {count}";

    private static LogEvent Event(string text) =>
        new(DateTimeOffset.UnixEpoch, LogEventLevel.Information, exception: null, new MessageTemplateParser().Parse(text), []);
}
