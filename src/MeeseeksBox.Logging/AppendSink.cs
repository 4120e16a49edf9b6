using System.Text;
using MeeseeksBox.Foundation.Files;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>Writes events as lines to a file, a pipe or a device.</summary>
/// <param name="formatter">Makes the lines.</param>
/// <param name="target">The target, which is closed with the sink.</param>
/// <param name="path">The path of the target.</param>
/// <param name="logger">The name of the logger that reports lost lines.</param>
internal sealed class AppendSink(LogLineFormatter formatter, AppendTarget target, string path, string logger) : ILogEventSink, IDisposable
{
    private readonly DroppedLines _lost = new(logger);
    private readonly StringWriter _text = new();
    private bool _isCutOff;

    /// <summary>Writes a line.</summary>
    /// <remarks>Lines that cannot be written are lost. Standard error names the first, and their number precedes the next line.</remarks>
    public void Emit(LogEvent logEvent)
    {
        if (_isCutOff)
            _text.Write('\n');
        if (_lost.Report is { } report)
            formatter.Format(report, _text);
        formatter.Format(logEvent, _text);
        var line = Encoding.UTF8.GetBytes(_text.ToString());
        _ = _text.GetStringBuilder().Clear();

        var problem = target.Write(line, out var count);
        _isCutOff = problem is null ? false : _isCutOff || count > 0;
        if (problem is null)
        {
            _lost.Clear();
            return;
        }

        if (_lost.Report is null)
            Say($"log write failed, lines are lost until it succeeds: {path}: {problem}\n");
        _lost.Add(logEvent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        target.Dispose();
        _text.Dispose();
    }

    private static void Say(string text)
    {
        using var errors = AppendTarget.StandardError();
        _ = errors.Write(Encoding.UTF8.GetBytes(text), out _);
    }
}
