using System.Text;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>
/// Writes events to a stream, on a thread of its own. A line in a quiet log is written at once; those of the pause after it are collected
/// and written together, because a node with thousands of jobs a second has as many lines, and waking a thread costs more than a line.
/// </summary>
internal sealed class LogWriter : ILogEventSink, IDisposable
{
    // A log that nobody reads on must not hold up the box: events wait for it, and beyond this many they are dropped.
    private const int MostWaiting = 10_000;
    private const int BufferSize = 16 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(2);

    // Waited on by the thread: a Lock cannot be.
    private readonly object _lock = new();
    private readonly Stream _stream;
    private readonly ITextFormatter _formatter;
    private readonly Thread _thread;
    private List<LogEvent> _waiting = [];
    private List<LogEvent> _written = [];
    private bool _isIdle;
    private bool _isClosed;

    /// <param name="stream">Where to write; closed with this.</param>
    /// <param name="formatter">Makes lines of events.</param>
    public LogWriter(Stream stream, ITextFormatter formatter)
    {
        _stream = stream;
        _formatter = formatter;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Takes note of an event; never waits for the stream.</summary>
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
        using (_stream)
        {
            var writer = new StreamWriter(_stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize, leaveOpen: true);
            while (Take())
            {
                Write(writer);
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

    private void Write(StreamWriter writer)
    {
        try
        {
            // Others may append to a file too, or cut it off.
            if (_stream.CanSeek)
                _ = _stream.Seek(0, SeekOrigin.End);
            foreach (var logEvent in _written)
                _formatter.Format(logEvent, writer);
            writer.Flush();
        }
#pragma warning disable CA1031 // The top of a thread: a log that cannot be written for now must not end the box.
        catch (Exception problem)
        {
            SelfLog.WriteLine("{0} events of the log could not be written: {1}", _written.Count, problem);
        }
#pragma warning restore CA1031

        _written.Clear();
    }
}
