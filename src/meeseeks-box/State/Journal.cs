using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>
/// The journal beside the state file: each change of a job, one line, in the order of the changes. Whoever has to be sure that a change is on
/// disk waits for it; all who wait at the same time share one flush. What nobody waits for is flushed a little later.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly TimeSpan LongestUnflushed = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly JournalFiles _files;
    private readonly ILogger _log;
    private readonly MemoryStream _buffer = new();
    private readonly List<Job> _unflushedEndings = [];
    private readonly List<(long Number, TaskCompletionSource Done)> _waiters = [];
    private List<(JournalLine Line, TaskCompletionSource? Rotated)> _queue = [];
    private List<(JournalLine Line, TaskCompletionSource? Rotated)> _spare = [];
    private long _appended;
    private long _written;
    private long _durable;
    private bool _isComplete;
    private volatile string? _problem;

    public Journal(JournalFiles files, ILogger log) => (_files, _log) = (files, log);

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
        }

        _ = _signal.Set();
    }

    /// <summary>Ends when all lines up to a number are on disk: when a disk is full, that is when it has room again.</summary>
    public Task DurableAsync(long number)
    {
        lock (_lock)
        {
            if (number <= _durable)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((number, waiter));
            _ = _signal.Set();
            return waiter.Task;
        }
    }

    /// <summary>Begins a new file behind the last line that was appended.</summary>
    /// <returns>Ends when that is done: then the former file has all that came before, and is on disk.</returns>
    public Task RotateAsync()
    {
        var rotated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _queue.Add((default, rotated));
        }

        _ = _signal.Set();
        return rotated.Task;
    }

    /// <summary>Deletes what a checkpoint has.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void DropFormer() => _files.DropFormer();

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
        _buffer.Dispose();
    }

    /// <summary>One turn: take all lines that there are, append them with one write, flush them when somebody waits or it is time.</summary>
    private void Run()
    {
        while (true)
        {
            var batch = Take(out var mustFlush, out var isComplete);
            foreach (var (line, rotated) in batch)
            {
                if (rotated is null)
                {
                    Add(line);
                    continue;
                }

                Write(flush: true);
                Persist(_files.Rotate);
                Length = 0;
                rotated.SetResult();
            }

            Write(mustFlush || isComplete);
            batch.Clear();
            _spare = batch;
            if (isComplete)
            {
                return;
            }
        }
    }

    private List<(JournalLine Line, TaskCompletionSource? Rotated)> Take(out bool mustFlush, out bool isComplete)
    {
        while (true)
        {
            lock (_lock)
            {
                isComplete = _isComplete && _queue.Count is 0;
                if (_queue.Count > 0 || _waiters.Count > 0 || isComplete)
                {
                    mustFlush = _waiters.Count > 0;
                    var batch = _queue;
                    _queue = _spare;
                    return batch;
                }
            }

            if (_written == _durable)
            {
                _ = _signal.WaitOne();
            }
            else if (!_signal.WaitOne(LongestUnflushed))
            {
                Write(flush: true);
            }
        }
    }

    private void Add(JournalLine line)
    {
        line.Write(_buffer);
        _written++;
        if (line.Ended is not null)
        {
            _unflushedEndings.Add(line.Ended);
        }
    }

    private void Write(bool flush)
    {
        if (_buffer.Length > 0)
        {
            Persist(() => _files.Append(_buffer.GetBuffer().AsSpan(0, (int)_buffer.Length)));
            Length = _files.Length;
            _buffer.SetLength(0);
        }

        if (!flush || _written == _durable)
        {
            return;
        }

        Persist(_files.FlushToDisk);
        _unflushedEndings.ForEach(job => Ended?.Invoke(job));
        _unflushedEndings.Clear();
        lock (_lock)
        {
            _durable = _written;
            foreach (var (_, done) in _waiters.Where(waiter => waiter.Number <= _durable))
            {
                done.SetResult();
            }

            _ = _waiters.RemoveAll(waiter => waiter.Number <= _durable);
        }
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
                        _files.Present, problem.Message, RetryPause.TotalSeconds);
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
