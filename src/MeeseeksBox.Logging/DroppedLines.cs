using Serilog.Events;
using Serilog.Parsing;

namespace MeeseeksBox.Logging;

/// <summary>Counts the lines that a log has dropped, and makes the event that reports them.</summary>
/// <param name="logger">The name of the logger of that event.</param>
internal sealed class DroppedLines(string logger)
{
    private static readonly MessageTemplate Template =
        new MessageTemplateParser().Parse("log incomplete: lines dropped before this one: {Count}");

    private int _count;
    private DateTimeOffset _last;

    /// <summary>The event that reports the dropped lines; null when there are none.</summary>
    public LogEvent? Report => _count == 0 ? null : new LogEvent(
        _last,
        LogEventLevel.Warning,
        exception: null,
        Template,
        [new LogEventProperty("Count", new ScalarValue(_count)), new LogEventProperty(LogField.LoggerProperty, new ScalarValue(logger))]);

    /// <summary>Counts a dropped event.</summary>
    public void Add(LogEvent dropped) => (_count, _last) = (_count + 1, dropped.Timestamp);

    /// <summary>Counts from zero again.</summary>
    public void Clear() => _count = 0;
}
