namespace MeeseeksBox.WatchSimulation.Time;

/// <summary>Runs the continuations of one watcher one by one, on the thread of the history.</summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
        {
            _queue.Enqueue((d, state));
            Monitor.PulseAll(_queue);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the next continuation.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryRunOne()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_queue)
        {
            if (!_queue.TryDequeue(out next))
                return false;
        }

        Run(() => next.Callback(next.State));
        return true;
    }

    /// <summary>Waits shortly for a continuation: some calls of .NET do a part of their work on other threads.</summary>
    public void Wait()
    {
        lock (_queue)
        {
            if (_queue.Count == 0)
                _ = Monitor.Wait(_queue, TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Runs a call whose continuations come here.</summary>
    public void Run(Action call)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            call();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
