using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Write-ahead journal beside the state file: one line for each change, in order.</summary>
/// <remarks>
/// <see cref="DurableAsync"/> waits for the disk; all concurrent waiters share one flush (group commit). Lines without a waiter are
/// flushed a little later.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private static readonly TimeSpan LongestUnflushed = TimeSpan.FromMilliseconds(100);

    // How long lines without a waiter may gather before a write. Written lines survive a crash of the box, but not of the host.
    private static readonly TimeSpan LongestUnwritten = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly JournalFiles _files;
    private readonly ILogger _log;
    private readonly MemoryStream _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly List<Job> _unflushedEndings = [];
    private List<(JournalLine Line, TaskCompletionSource? Rotated)> _queue = [];
    private List<(JournalLine Line, TaskCompletionSource? Rotated)> _spare = [];
    private long _appended;
    private bool _isAsleep;
    private bool _isComplete;

    // The latest flush, with the number of its last line; and the one after it, if anything waits for it.
    private (long Number, TaskCompletionSource Done) _flush = (0, NewFlush());
    private TaskCompletionSource? _nextFlush;

    // Used by the thread of the journal only, except for _problem.
    private long _written;
    private long _durable;
    private long _unflushedSince;
    private volatile string? _problem;

    public Journal(JournalFiles files, ILogger log)
    {
        (_files, _log) = (files, log);
        _json = new Utf8JsonWriter(_buffer, JsonFormat.Compact);
        _flush.Done.SetResult();
    }

    /// <summary>The end of a run is on disk. Raised by the thread of the journal.</summary>
    public event Action<Job>? Ended;

    /// <summary>Number of lines appended so far, which is the number of the latest line.</summary>
    public long Appended
    {
        get
        {
            lock (_lock)
            {
                return _appended;
            }
        }
    }

    /// <summary>The error of the last write; null when it succeeded.</summary>
    public string? Problem => _problem;

    /// <summary>Length of the current file in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Queues a line; never blocks.</summary>
    public void Append(JournalLine line)
    {
        lock (_lock)
        {
            _queue.Add((line, null));
            _appended++;
            WakeUp();
        }
    }

    /// <summary>Completes when all lines up to a number are on disk; on a full disk, once it has room again.</summary>
    public Task DurableAsync(long number)
    {
        lock (_lock)
        {
            if (number <= _flush.Number)
            {
                return _flush.Done.Task;
            }

            if (_nextFlush is null)
            {
                _nextFlush = NewFlush();
                _ = _signal.Set();
            }

            return _nextFlush.Task;
        }
    }

    /// <summary>Starts a new file after the last appended line.</summary>
    /// <returns>Completes when the previous file has all earlier lines and is on disk.</returns>
    public Task RotateAsync()
    {
        var rotated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isComplete)
            {
                // The box stops and saves once more: the lines in the file are redundant then, but not wrong.
                return Task.CompletedTask;
            }

            _queue.Add((default, rotated));
            WakeUp();
        }

        return rotated.Task;
    }

    /// <summary>Deletes the previous file, which a checkpoint covers.</summary>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of the folder forbid it.</exception>
    public void DropPrevious() => _files.DropPrevious();

    /// <summary>Writes the journal on a thread of its own, because a flush to disk blocks.</summary>
    public Task RunAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends <see cref="RunAsync"/> once all lines are written.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
        }

        _ = _signal.Set();
    }

    public void Dispose()
    {
        _signal.Dispose();
        _json.Dispose();
        _buffer.Dispose();
    }

    private static TaskCompletionSource NewFlush() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Each turn dequeues all lines, appends them with one write, and flushes them if there is a waiter or the time has come.
    private void Run()
    {
        for (var isComplete = false; !isComplete;)
        {
            Sleep();
            Gather();
            var batch = Take(out var flush, out isComplete);
            foreach (var (line, rotated) in batch)
            {
                if (rotated is null)
                {
                    Add(line);
                    continue;
                }

                Write();
                Flush();
                Persist(_files.Rotate);
                Length = 0;
                rotated.SetResult();
            }

            batch.Clear();
            _spare = batch;
            Write();
            if (flush is not null)
            {
                Flush();
                flush.SetResult();
            }
        }
    }

    // Sleeps until there is work. Callers signal it only when it is asleep, because a signal costs more than a line.
    private void Sleep()
    {
        lock (_lock)
        {
            _isAsleep = _queue.Count is 0 && _nextFlush is null && !_isComplete;
            if (!_isAsleep)
            {
                return;
            }
        }

        _ = _signal.WaitOne(UntilFlush());
        lock (_lock)
        {
            _isAsleep = false;
        }
    }

    // Lets lines gather, unless a caller waits for the disk: then they gather during the flush anyway.
    private void Gather()
    {
        lock (_lock)
        {
            if (_queue.Count is 0 || _nextFlush is not null || _isComplete)
            {
                return;
            }
        }

        _ = _signal.WaitOne(LongestUnwritten);
    }

    /// <param name="flush">Completes after the flush of these lines; null when they need no flush yet.</param>
    /// <param name="isComplete">True for the last lines.</param>
    private List<(JournalLine Line, TaskCompletionSource? Rotated)> Take(out TaskCompletionSource? flush, out bool isComplete)
    {
        lock (_lock)
        {
            isComplete = _isComplete;
            flush = _nextFlush ?? (isComplete || UntilFlush() == TimeSpan.Zero ? NewFlush() : null);
            if (flush is not null)
            {
                (_flush, _nextFlush) = ((_appended, flush), null);
            }

            var batch = _queue;
            _queue = _spare;
            return batch;
        }
    }

    private void WakeUp()
    {
        if (_isAsleep)
        {
            _isAsleep = false;
            _ = _signal.Set();
        }
    }

    private TimeSpan UntilFlush()
    {
        if (_written == _durable)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = LongestUnflushed - Stopwatch.GetElapsedTime(_unflushedSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Add(JournalLine line)
    {
        _unflushedSince = _written == _durable ? Stopwatch.GetTimestamp() : _unflushedSince;
        line.Write(_json);
        _json.Flush();
        _json.Reset();
        _buffer.WriteByte((byte)'\n');
        _written++;
        if (line.Ended is not null)
        {
            _unflushedEndings.Add(line.Ended);
        }
    }

    private void Write()
    {
        if (_buffer.Length > 0)
        {
            Persist(() => _files.Append(_buffer.GetBuffer().AsSpan(0, (int)_buffer.Length)));
            Length = _files.Length;
            _buffer.SetLength(0);
        }
    }

    private void Flush()
    {
        if (_written == _durable)
        {
            return;
        }

        Persist(_files.FlushToDisk);
        _durable = _written;
        _unflushedEndings.ForEach(job => Ended?.Invoke(job));
        _unflushedEndings.Clear();
    }

    // Tries until it succeeds, because accepted changes must not be lost. Meanwhile Problem makes the box reject submits.
    private void Persist(Action write)
    {
        while (true)
        {
            try
            {
                write();
                if (_problem is not null)
                {
                    _log.Warning("journal writable again");
                    _problem = null;
                }

                return;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                if (_problem is null)
                {
                    _log.Error(
                        "journal write failed, submits rejected, retry every {Pause} s: {File}: {Problem}",
                        RetryPause.TotalSeconds, _files.Current, problem.Message);
                }

                _problem = problem.Message;
                lock (_lock)
                {
                    if (_isComplete)
                    {
                        _log.Error("journal incomplete: last changes not written before the stop");
                        return;
                    }
                }

                _ = _signal.WaitOne(RetryPause);
            }
        }
    }
}
