using System.Collections.Concurrent;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Testing;

/// <summary>A log that keeps its lines, as <c>Level: text</c>. Thread-safe.</summary>
internal sealed class LinesLog : ILogEventSink
{
    private readonly ConcurrentQueue<string> _lines = [];

    public LinesLog() => Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IReadOnlyCollection<string> Lines => _lines;

    public void Emit(LogEvent logEvent) => _lines.Enqueue($"{logEvent.Level}: {logEvent.RenderMessage()}");
}
