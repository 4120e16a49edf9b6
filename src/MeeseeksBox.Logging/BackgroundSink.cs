using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>Passes events to a sink on a background thread.</summary>
/// <remarks>
/// An event of an idle log is written at once. Events during the pause after it are collected and written together: a node with thousands
/// of jobs a second logs as many lines, and waking a thread costs more than writing a line.
/// </remarks>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    // A stalled log must not block the program: events are queued, and dropped beyond this limit.
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(2);

    // The thread waits on it with Monitor, which Lock does not support.
    private readonly object _lock = new();
    private readonly ILogEventSink _sink;
    private readonly DroppedLines _dropped;
    private readonly Thread _thread;
    private BackgroundSink? _former;
    private List<LogEvent> _waiting = [];
    private List<LogEvent> _written = [];
    private bool _isIdle;
    private bool _isClosed;

    /// <param name="sink">The sink, which is disposed with this one.</param>
    /// <param name="logger">The name of the logger that reports dropped events.</param>
    /// <param name="former">The sink that this one replaces, and disposes before its first event; null for none.</param>
    public BackgroundSink(ILogEventSink sink, string logger, BackgroundSink? former = null)
    {
        (_sink, _former, _dropped) = (sink, former, new DroppedLines(logger));
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Queues an event; never waits for the sink.</summary>
    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            if (_waiting.Count == MostWaiting)
            {
                _dropped.Add(logEvent);
                return;
            }

            _waiting.Add(logEvent);
            if (_isIdle)
                Monitor.Pulse(_lock);
        }
    }

    /// <summary>Writes the queued events, for 2 s at most, in case the log is stalled.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.Pulse(_lock);
        }

        _ = _thread.Join(LongestClose);
    }

    // Each turn waits for events, writes all of them, and pauses to collect more.
    private void Run()
    {
        using (_sink as IDisposable)
        {
            // Here, because a stalled sink takes its time to close.
            _former?.Dispose();
            _former = null;
            while (Take())
            {
                Write();
                Rest();
            }
        }
    }

    private bool Take()
    {
        lock (_lock)
        {
            _isIdle = true;
            while (_waiting.Count == 0 && !_isClosed)
                _ = Monitor.Wait(_lock);
            _isIdle = false;
            (_waiting, _written) = (_written, _waiting);

            // They came after all that is taken: events are dropped only while the queue is full.
            if (_dropped.Report is { } report)
                _written.Add(report);
            _dropped.Clear();
            return _written.Count > 0;
        }
    }

    private void Rest()
    {
        lock (_lock)
        {
            if (!_isClosed)
                _ = Monitor.Wait(_lock, Pause);
        }
    }

    private void Write()
    {
        foreach (var logEvent in _written)
        {
            try
            {
                _sink.Emit(logEvent);
            }
#pragma warning disable CA1031 // The top of a thread: a failing log must not end the program.
            catch (Exception problem)
            {
                SelfLog.WriteLine("log event not written: {0}", problem);
            }
#pragma warning restore CA1031
        }

        _written.Clear();
    }
}
