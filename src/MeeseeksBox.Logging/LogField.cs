using System.Globalization;
using MeeseeksBox.Foundation.Text;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>A field of a log line, by the names of Python's logging.</summary>
internal sealed class LogField
{
    /// <summary>The event property with the name of the logger (<c>node1.Pool.p1</c>).</summary>
    public const string LoggerProperty = "Logger";

    private const string NamelessLogger = "root";

    private static readonly Dictionary<string, LogField> Fields = new(StringComparer.Ordinal)
    {
        ["asctime"] = new() { _text = (logEvent, format) => DateFormatCodes.Write(logEvent.Timestamp, format) },
        ["levelname"] = new() { _text = (logEvent, _) => LogLevels.Name(logEvent.Level) },
        ["levelno"] = new() { _number = logEvent => LogLevels.Number(logEvent.Level) },
        ["name"] = new() { _text = (logEvent, _) => LoggerName(logEvent) },
        ["message"] = new() { _text = (logEvent, _) => LogMessage.Of(logEvent) },
        ["process"] = new() { _number = _ => Environment.ProcessId },
        ["created"] = new() { _number = logEvent => (logEvent.Timestamp - DateTimeOffset.UnixEpoch).TotalSeconds },
        ["msecs"] = new() { _number = logEvent => logEvent.Timestamp.Millisecond },
    };

    private Func<LogEvent, string?, string>? _text;
    private Func<LogEvent, double>? _number;

    /// <summary>Whether the field can be written as a number.</summary>
    public bool IsNumber => _number is not null;

    /// <summary>Finds a field by its name; null when there is none.</summary>
    public static LogField? Find(string name) => Fields.GetValueOrDefault(name);

    /// <summary>The field as a number; 0 for a text.</summary>
    public double Number(LogEvent logEvent) => _number?.Invoke(logEvent) ?? 0;

    /// <summary>The field as text.</summary>
    public string Text(LogEvent logEvent, string? dateFormat) =>
        _text?.Invoke(logEvent, dateFormat) ?? Number(logEvent).ToString(CultureInfo.InvariantCulture);

    private static string LoggerName(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(LoggerProperty, out var name) && name is ScalarValue { Value: string text }
            ? SingleLine.Of(text)
            : NamelessLogger;
}
