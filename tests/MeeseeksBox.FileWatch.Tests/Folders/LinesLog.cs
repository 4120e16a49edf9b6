using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>A log that keeps its lines, as <c>Level: text</c>.</summary>
internal sealed class LinesLog : ILogEventSink
{
    private readonly List<string> _lines = [];

    public LinesLog() => Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IReadOnlyList<string> Lines => _lines;

    public void Emit(LogEvent logEvent) => _lines.Add($"{logEvent.Level}: {logEvent.RenderMessage()}");
}
