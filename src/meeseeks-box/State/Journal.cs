using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>
/// The journal beside the state file: each change of a job, one line, in the order of the changes. Whoever has to be sure that a change is on
/// disk waits for it; all who wait at the same time share one flush. What nobody waits for is flushed a little later.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly TimeSpan LongestUnflushed = TimeSpan.FromMilliseconds(100);

    // How long lines that nobody waits for may gather before they are written: what is written outlives the box, if not the host.
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

    // The lines that the latest flush brings to disk, and all who wait for that; and those who wait for the flush after it.
    private (long Number, TaskCompletionSource Done) _flush = (0, NewFlush());
    private TaskCompletionSource? _nextFlush;

    // Only the thread of the journal looks at these.
    private long _written;
    private long _durable;
    private long _unflushedSince;
    private volatile string? _problem;

    public Journal(JournalFiles files, ILogger log)
    {
        (_files, _log) = (files, log);
        _json = new Utf8JsonWriter(_buffer, Plain);
        _flush.Done.SetResult();
    }

    /// <summary>A run ended, and that is on disk. Called by the journal's own thread.</summary>
    public event Action<Job>? Ended;

    /// <summary>How many lines there have been so far: what is changed now has a number up to this.</summary>
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

    /// <summary>Why nothing can be written at present; null when all is well.</summary>
    public string? Problem => _problem;

    /// <summary>How long the present file is, in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Takes note of a line; never waits.</summary>
    public void Append(JournalLine line)
    {
        lock (_lock)
        {
            _queue.Add((line, null));
            _appended++;
            WakeUp();
        }
    }

    /// <summary>Ends when all lines up to a number are on disk: when a disk is full, that is when it has room again.</summary>
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

    /// <summary>Begins a new file behind the last line that was appended.</summary>
    /// <returns>Ends when that is done: then the former file has all that came before, and is on disk.</returns>
    public Task RotateAsync()
    {
        var rotated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isComplete)
            {
                // The box stops, and saves once more: what the file has is not wrong then, only more than is needed.
                return Task.CompletedTask;
            }

            _queue.Add((default, rotated));
            WakeUp();
        }

        return rotated.Task;
    }

    /// <summary>Deletes what a checkpoint has.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void DropPrevious() => _files.DropPrevious();

    /// <summary>Runs on a thread of its own, because a flush to disk keeps one waiting.</summary>
    public Task RunAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Lets <see cref="RunAsync"/> end when all is written.</summary>
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

    /// <summary>One turn: take all lines that there are, append them with one write, flush them when somebody waits or it is time.</summary>
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

    // Until there is something to do. Only who finds it asleep has to wake it, which costs more than a line.
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

    // Somebody who waits for the disk is not kept waiting: what comes meanwhile gathers while it is flushed.
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

    /// <param name="flush">Who waits for these lines to be on disk; null when they need not be yet.</param>
    /// <param name="isComplete">These are the last.</param>
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

    // Until it succeeds: nothing that was accepted may be given up. Who comes meanwhile is refused (Problem).
    private void Persist(Action write)
    {
        while (true)
        {
            try
            {
                write();
                if (_problem is not null)
                {
                    _log.Warning("the journal can be written again");
                    _problem = null;
                }

                return;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                if (_problem is null)
                {
                    _log.Error(
                        "the journal {File} cannot be written: {Problem} Nothing new is taken until it can; it is tried again every {Pause} s",
                        _files.Current, problem.Message, RetryPause.TotalSeconds);
                }

                _problem = problem.Message;
                lock (_lock)
                {
                    if (_isComplete)
                    {
                        _log.Error("the box stops before its last changes could be written");
                        return;
                    }
                }

                _ = _signal.WaitOne(RetryPause);
            }
        }
    }
}
