using System.Text;
using MeeseeksBox.Foundation.Files;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>Writes events as lines to a file, a pipe or a device.</summary>
/// <param name="formatter">Makes the lines.</param>
/// <param name="target">The target, which is closed with the sink.</param>
/// <param name="path">The path of the target.</param>
internal sealed class AppendSink(LogLineFormatter formatter, AppendTarget target, string path) : ILogEventSink, IDisposable
{
    private readonly StringWriter _text = new();
    private bool _isFailing;
    private bool _isCutOff;

    /// <summary>Writes a line. A line that cannot be written is lost, and standard error names the first of them.</summary>
    public void Emit(LogEvent logEvent)
    {
        if (_isCutOff)
            _text.Write('\n');
        formatter.Format(logEvent, _text);
        var line = Encoding.UTF8.GetBytes(_text.ToString());
        _ = _text.GetStringBuilder().Clear();

        var problem = target.Write(line, out var count);
        _isCutOff = problem is null ? false : _isCutOff || count > 0;
        if (problem is not null && !_isFailing)
            Say($"log write failed, lines are lost until it succeeds: {path}: {problem}\n");

        _isFailing = problem is not null;
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
