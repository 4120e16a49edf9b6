namespace MeeseeksBox.Agent.State;

/// <summary>The lines that wait for the thread of the journal, and the callers that wait for a flush.</summary>
internal sealed class JournalQueue : IDisposable
{
    // As many as the history keeps.
    private const int MostEndings = 50_000;

    private static readonly Task<string?> Flushed = Task.FromResult<string?>(null);

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly PendingLines _commands = new(MostEndings);
    private long _appended;
    private long _seq;
    private bool _isAsleep;
    private bool _isComplete;

    // The latest flush, with the number of its last line; and the one after it. A source is there when anything waits for it.
    private (long Number, TaskCompletionSource<string?>? Done) _flush;
    private TaskCompletionSource<string?>? _nextFlush;
    private long _flushed;
    private string? _problem;

    /// <summary>Number of lines appended so far, which is the number of the latest line.</summary>
    public long Appended
    {
        get
        {
            lock (_lock)
                return _appended;
        }
    }

    /// <summary>Number of commands that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _commands.Count;
        }
    }

    /// <summary>True after <see cref="Complete"/>.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_lock)
                return _isComplete;
        }
    }

    /// <summary>Queues lines, which <see cref="Take"/> returns together; never blocks.</summary>
    public void Append(ReadOnlySpan<JournalLine> lines)
    {
        lock (_lock)
        {
            foreach (var line in lines)
                _commands.Add(line);
            _appended += lines.Length;
            WakeUp();
        }
    }

    /// <summary>Notes that the lines so far have all changes up to a number.</summary>
    public void Mark(long seq)
    {
        lock (_lock)
            _seq = seq;
    }

    /// <summary>Completes with the flush of all lines up to a number, or with the first failure before it.</summary>
    /// <returns>Null after the flush; otherwise the failure, and the lines are written as soon as they can be.</returns>
    public Task<string?> FlushedAsync(long number)
    {
        lock (_lock)
        {
            if (number <= _flushed)
                return Flushed;

            if (_problem is not null)
                return Task.FromResult<string?>(_problem);

            if (number <= _flush.Number)
                return (_flush.Done ??= NewSource()).Task;

            if (_nextFlush is null)
            {
                _nextFlush = NewSource();
                _ = _signal.Set();
            }

            return _nextFlush.Task;
        }
    }

    /// <summary>Completes what waits for the flush of the latest batch.</summary>
    public void NoteFlushed()
    {
        lock (_lock)
        {
            _flushed = _flush.Number;
            _ = _flush.Done?.TrySetResult(null);
            _flush.Done = null;
        }
    }

    /// <summary>Nothing is written any more. Lines that are not on disk never will be.</summary>
    public void NoteEnd(string problem)
    {
        lock (_lock)
            Release(problem);
    }

    /// <summary>Ends <see cref="Gather"/>, because a caller waits for the write.</summary>
    public void Hurry() => _ = _signal.Set();

    /// <summary>Queues a rotation after the last appended line.</summary>
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

            _commands.AddRotation(rotated);
            WakeUp();
        }

        return rotated.Task;
    }

    /// <summary>Makes the next batch the last one.</summary>
    public void Complete()
    {
        lock (_lock)
            _isComplete = true;

        _ = _signal.Set();
    }

    /// <summary>Blocks the thread of the journal until there is work, or for a time.</summary>
    /// <remarks>Callers signal the thread only when it is asleep, because a signal costs more than a line.</remarks>
    public void Sleep(TimeSpan most)
    {
        lock (_lock)
        {
            _isAsleep = _commands.Count is 0 && _nextFlush is null && !_isComplete;
            if (!_isAsleep)
                return;
        }

        _ = _signal.WaitOne(most);
        lock (_lock)
            _isAsleep = false;
    }

    /// <summary>Lets lines gather for a time, unless a caller waits for the disk: then they gather during the flush anyway.</summary>
    public void Gather(TimeSpan most)
    {
        lock (_lock)
        {
            if (_commands.Count is 0 || _nextFlush is not null || _isComplete)
                return;
        }

        _ = _signal.WaitOne(most);
    }

    /// <summary>Blocks for a time, or until <see cref="Complete"/>.</summary>
    public void Pause(TimeSpan most) => _ = _signal.WaitOne(most);

    /// <summary>Dequeues all commands.</summary>
    /// <param name="isFlushDue">True to flush them even without a waiter.</param>
    public JournalBatch Take(bool isFlushDue)
    {
        lock (_lock)
        {
            var needsFlush = _nextFlush is not null || isFlushDue || _isComplete;
            if (needsFlush)
                (_flush, _nextFlush) = ((_appended, _nextFlush), null);

            return new JournalBatch(_commands.Take(), needsFlush, _seq, _isComplete);
        }
    }

    /// <summary>Bounds the lines that wait, and lets nobody wait for a flush, until <see cref="NoteWritable"/>.</summary>
    /// <param name="problem">The failure.</param>
    public void NoteFailure(string problem)
    {
        lock (_lock)
        {
            _commands.IsFailing = true;
            Release(problem);
        }
    }

    /// <summary>Ends what <see cref="NoteFailure"/> has begun.</summary>
    /// <returns>Number of ends of runs that were dropped so far.</returns>
    public long NoteWritable()
    {
        lock (_lock)
        {
            _commands.IsFailing = false;
            _problem = null;
            return _commands.Dropped;
        }
    }

    public void Dispose() => _signal.Dispose();

    private static TaskCompletionSource<string?> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Release(string problem)
    {
        _problem = problem;
        _ = _flush.Done?.TrySetResult(problem);
        _ = _nextFlush?.TrySetResult(problem);
        (_flush.Done, _nextFlush) = (null, null);
    }

    private void WakeUp()
    {
        if (_isAsleep)
        {
            _isAsleep = false;
            _ = _signal.Set();
        }
    }
}
