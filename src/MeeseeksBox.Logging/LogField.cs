using System.Globalization;
using MeeseeksBox.Protocol.Configuration;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>What a line of the log can say of its event, by the names of Python's logging.</summary>
internal sealed class LogField
{
    /// <summary>The property of an event that has the name of its logger (<c>node1.Pool.p1</c>).</summary>
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

    /// <summary>Whether it can be written as a number.</summary>
    public bool IsNumber => _number is not null;

    /// <summary>The field of a name; null when there is none.</summary>
    public static LogField? Find(string name) => Fields.GetValueOrDefault(name);

    /// <summary>The field as a number; 0 when it is none.</summary>
    public double Number(LogEvent logEvent) => _number?.Invoke(logEvent) ?? 0;

    /// <summary>The field as text.</summary>
    public string Text(LogEvent logEvent, string? dateFormat) =>
        _text?.Invoke(logEvent, dateFormat) ?? Number(logEvent).ToString(CultureInfo.InvariantCulture);

    private static string LoggerName(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(LoggerProperty, out var name) && name is ScalarValue { Value: string text }
            ? SingleLine.Of(text)
            : NamelessLogger;
}
