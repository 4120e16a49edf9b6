using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>
/// Hands events to a sink, on a thread of its own. An event of a quiet log is handed on at once; those of the pause after it are collected
/// and handed on together, because a node with thousands of jobs a second has as many lines, and waking a thread costs more than a line.
/// </summary>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    // A log that nobody reads on must not hold up the program: events wait for it, and beyond this many they are dropped.
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(2);

    // Waited on by the thread: a Lock cannot be.
    private readonly object _lock = new();
    private readonly ILogEventSink _sink;
    private readonly Thread _thread;
    private List<LogEvent> _waiting = [];
    private List<LogEvent> _written = [];
    private bool _isIdle;
    private bool _isClosed;

    /// <param name="sink">What writes; disposed of with this.</param>
    public BackgroundSink(ILogEventSink sink)
    {
        _sink = sink;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Takes note of an event; never waits for the sink.</summary>
    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_isClosed || _waiting.Count == MostWaiting)
                return;
            _waiting.Add(logEvent);
            if (_isIdle)
                Monitor.Pulse(_lock);
        }
    }

    /// <summary>Writes what waits, unless whoever reads the log has stopped reading.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.Pulse(_lock);
        }

        _ = _thread.Join(LongestClose);
    }

    // One turn: wait for events, write all that are there, let some gather.
    private void Run()
    {
        using (_sink as IDisposable)
        {
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
#pragma warning disable CA1031 // The top of a thread: a log that cannot be written for now must not end the program.
            catch (Exception problem)
            {
                SelfLog.WriteLine("An event of the log could not be written: {0}", problem);
            }
#pragma warning restore CA1031
        }

        _written.Clear();
    }
}
