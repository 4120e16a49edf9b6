using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace MeeseeksBox.Agent.Tests;

/// <summary>Collects the errors of a log.</summary>
internal sealed class LoggedErrors : ILogEventSink
{
    private static readonly MessageTemplateTextFormatter Format = new("{Message:lj}", CultureInfo.InvariantCulture);

    private readonly List<string> _lines = [];

    /// <summary>The texts so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>A log that writes here.</summary>
    public Logger CreateLogger() => new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();

    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Level is not LogEventLevel.Error)
            return;

        using var text = new StringWriter();
        Format.Format(logEvent, text);
        lock (_lines)
            _lines.Add(text.ToString());
    }
}
