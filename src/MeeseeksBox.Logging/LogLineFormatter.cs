using MeeseeksBox.Foundation.Text;
using Serilog.Events;
using Serilog.Formatting;

namespace MeeseeksBox.Logging;

/// <summary>Writes each event as one line, followed by the lines of its exception.</summary>
internal sealed class LogLineFormatter(LoggingConfig config) : ITextFormatter
{
    // Distinguishes the lines of an exception from events, for any message.
    private const string Indent = "    ";

    private readonly LogFormat _format = LogFormat.Parse(config.Format);

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        foreach (var part in _format.Parts)
            output.Write(part.Of(logEvent, config.DateFormat));
        output.Write('\n');
        if (logEvent.Exception is not { } exception)
            return;
        foreach (var line in exception.ToString().Split('\n'))
            output.Write($"{Indent}{SingleLine.Of(line.TrimEnd('\r'))}\n");
    }
}
