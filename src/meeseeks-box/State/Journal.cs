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
    // How long lines without a waiter may gather before a write. Written lines survive a crash of the box, but not of the host.
    private static readonly TimeSpan LongestUnwritten = TimeSpan.FromMilliseconds(1);

    private readonly JournalQueue _queue = new();
    private readonly JournalWriter _writer;
    private readonly PriorityQueue<(TaskCompletionSource Written, bool OrFailing), long> _waiters = new();
    private long _writtenSeq;

    public Journal(JournalFiles files, ILogger log) => _writer = new JournalWriter(files, _queue, log) { Failed = ReleaseFailing };

    /// <summary>The end of a run is on disk. Raised by the thread of the journal.</summary>
    public event Action<Job>? Ended
    {
        add => _writer.Ended += value;
        remove => _writer.Ended -= value;
    }

    /// <summary>Number of lines appended so far, which is the number of the latest line.</summary>
    public long Appended => _queue.Appended;

    /// <summary>Number of lines and rotations that wait to be written.</summary>
    public int Waiting => _queue.Waiting;

    /// <summary>The error of the last write; null when it succeeded.</summary>
    public string? Problem => _writer.Problem;

    /// <summary>Queues the lines of one turn of the core, which go into one write; never blocks.</summary>
    public void Append(params ReadOnlySpan<JournalLine> lines) => _queue.Append(lines);

    /// <summary>Notes that the lines so far have all changes up to a number.</summary>
    public void Mark(long seq) => _queue.Mark(seq);

    /// <summary>Completes when all lines up to a number are on disk, or when that has failed, and does not wait for a full disk.</summary>
    /// <returns>Null when they are on disk; otherwise the problem, and they are written once there is room.</returns>
    public Task<string?> DurableAsync(long number) => _queue.FlushedAsync(number);

    /// <summary>Completes when the files have all changes up to a number; a crash of the box does not lose them then.</summary>
    /// <param name="seq">The number of change.</param>
    /// <param name="orFailing">True to complete also when the files cannot be written.</param>
    public Task WrittenAsync(long seq, bool orFailing)
    {
        lock (_waiters)
        {
            if (seq <= _writtenSeq || (orFailing && Problem is not null))
                return Task.CompletedTask;

            var waiter = (Written: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), orFailing);
            _waiters.Enqueue(waiter, seq);
            _queue.Hurry();
            return waiter.Written.Task;
        }
    }

    /// <summary>Starts a new file after the last appended line.</summary>
    /// <returns>Completes when the previous file has all earlier lines and is on disk.</returns>
    public Task RotateAsync() => _queue.RotateAsync();

    /// <summary>Writes the journal on a thread of its own, because a flush to disk blocks.</summary>
    public Task RunAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends <see cref="RunAsync"/> once all lines are written.</summary>
    public void Complete() => _queue.Complete();

    public void Dispose()
    {
        _queue.Dispose();
        _writer.Dispose();
    }

    private void Run()
    {
        try
        {
            WriteAll();
        }
        finally
        {
            // Nothing is written any more: a caller that asks now must not wait for it.
            _queue.NoteEnd(Problem ?? "the box has stopped");
        }
    }

    // Each turn dequeues all lines, appends them with one write, and flushes them if there is a waiter or the time has come.
    private void WriteAll()
    {
        for (var isComplete = false; !isComplete;)
        {
            _queue.Sleep(_writer.UntilFlush);
            _queue.Gather(LongestUnwritten);
            var batch = _queue.Take(isFlushDue: _writer.UntilFlush == TimeSpan.Zero);
            isComplete = batch.IsLast;
            _writer.FlushEndsBefore(batch.Commands.Select(command => command.Line));
            foreach (var (line, rotated) in batch.Commands)
            {
                if (rotated is null)
                {
                    _writer.Add(line);
                    continue;
                }

                _writer.Rotate();
                rotated.SetResult();
            }

            batch.Commands.Clear();
            _writer.Write();

            // A write that was given up at the stop has not written them.
            if (Problem is null)
                Release(batch.Seq);
            if (!batch.NeedsFlush)
                continue;

            _writer.Flush();
            if (Problem is null)
                _queue.NoteFlushed();
        }
    }

    private void ReleaseFailing()
    {
        lock (_waiters)
        {
            foreach (var ((written, orFailing), _) in _waiters.UnorderedItems)
            {
                if (orFailing)
                    _ = written.TrySetResult();
            }
        }
    }

    private void Release(long seq)
    {
        lock (_waiters)
        {
            _writtenSeq = Math.Max(_writtenSeq, seq);
            while (_waiters.TryPeek(out _, out var wanted) && wanted <= _writtenSeq)
                _ = _waiters.Dequeue().Written.TrySetResult();
        }
    }
}
