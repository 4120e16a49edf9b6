namespace MeeseeksBox.Agent.State;

/// <summary>The lines that wait for the thread of the journal, and the callers that wait for a flush.</summary>
internal sealed class JournalQueue : IDisposable
{
    // As many as the history keeps.
    private const int MostEndings = 50_000;

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly PendingLines _commands = new(MostEndings);
    private long _appended;
    private long _seq;
    private bool _isAsleep;
    private bool _isComplete;

    // The latest flush, with the number of its last line; and the one after it, if anything waits for it.
    private (long Number, TaskCompletionSource Done) _flush = (0, NewSource());
    private TaskCompletionSource? _nextFlush;

    public JournalQueue() => _flush.Done.SetResult();

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

    /// <summary>Completes with the flush of all lines up to a number.</summary>
    public Task FlushedAsync(long number)
    {
        lock (_lock)
        {
            if (number <= _flush.Number)
                return _flush.Done.Task;

            if (_nextFlush is null)
            {
                _nextFlush = NewSource();
                _ = _signal.Set();
            }

            return _nextFlush.Task;
        }
    }

    /// <summary>Ends <see cref="Gather"/>, because a caller waits for the write.</summary>
    public void Hurry() => _ = _signal.Set();

    /// <summary>Queues a rotation after the last appended line.</summary>
    public Task RotateAsync()
    {
        var rotated = NewSource();
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
            var flush = _nextFlush ?? (isFlushDue || _isComplete ? NewSource() : null);
            if (flush is not null)
                (_flush, _nextFlush) = ((_appended, flush), null);

            return new JournalBatch(_commands.Take(), flush, _seq, _isComplete);
        }
    }

    /// <summary>Bounds the lines that wait, until <see cref="NoteWritable"/>.</summary>
    public void NoteFailure()
    {
        lock (_lock)
            _commands.IsFailing = true;
    }

    /// <summary>Ends what <see cref="NoteFailure"/> has begun.</summary>
    /// <returns>Number of ends of runs that were dropped so far.</returns>
    public long NoteWritable()
    {
        lock (_lock)
        {
            _commands.IsFailing = false;
            return _commands.Dropped;
        }
    }

    public void Dispose() => _signal.Dispose();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void WakeUp()
    {
        if (_isAsleep)
        {
            _isAsleep = false;
            _ = _signal.Set();
        }
    }
}
