namespace MeeseeksBox.Runner.Loop;

/// <summary>Lets another thread take over a loop while a section of it blocks.</summary>
/// <remarks>
/// <para>
/// A standby thread looks every <paramref name="tick"/> at the number of the section. When the last look found the same section, the
/// standby takes over the loop. The thread of the section has lost it then. It becomes the next standby where there is none.
/// </para>
/// <para>
/// The number is odd in a section. Both the end of a section and a take-over make it even, by one atomic exchange each, so that only one of
/// them succeeds. While no section begins, the standby sleeps.
/// </para>
/// </remarks>
/// <param name="tick">Time between two looks. A section blocks the loop for twice as long at most.</param>
/// <param name="serve">Serves the loop until it is stopped, or until the calling thread has lost it.</param>
internal sealed class StallMonitor(TimeSpan tick, Action serve)
{
    // Pause in milliseconds before another attempt to start a thread.
    private const int RetryPause = 1000;

    private readonly BlockingWorkers _workers = new();
    private readonly TaskCompletionSource _stopped = new();

    // A monitor, where the standby waits with a time limit.
    private readonly object _lock = new();
    private long _section;

    // The last section that was expected to block.
    private long _slow;
    private long _looks;
    private long _retryAt;
    private int _needsWake = 1;
    private bool _hasStandby;
    private bool _isStopped;

    /// <summary>Number of looks so far. May be read by any thread.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    /// <summary>Begins a section, on the thread that has the loop.</summary>
    /// <param name="isSlow">True when it will probably block: the standby takes over at once.</param>
    /// <returns>Its number, for <see cref="TryLeave"/>.</returns>
    public long Enter(bool isSlow = false)
    {
        // All that the loop has written becomes visible with the number; and either the standby sees the number before it sleeps, or
        // this thread sees that it sleeps.
        var section = _section + 1;
        _ = Interlocked.Exchange(ref _section, section);
        if (isSlow || Volatile.Read(ref _needsWake) is not 0)
            Wake(isSlow ? section : 0);
        return section;
    }

    /// <summary>Ends a section, on its thread.</summary>
    /// <returns>False when another thread has taken over the loop.</returns>
    public bool TryLeave(long section) => TryEnd(section);

    /// <summary>Serves the loop with as many threads as it needs, until <see cref="Stop"/>.</summary>
    public void Run()
    {
        ServeAndStandBy();
        _stopped.Task.Wait();
    }

    /// <summary>Ends the standby thread, and <see cref="Run"/>. To be called by the thread that has the loop.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            Monitor.Pulse(_lock);
        }

        _ = _stopped.TrySetResult();
    }

    private bool TryEnd(long section) => Interlocked.CompareExchange(ref _section, section + 1, section) == section;

    private static bool IsSection(long number) => number % 2 is 1;

    // Without a thread for it, the loop waits for its sections.
    private void Wake(long slow)
    {
        lock (_lock)
        {
            _slow = slow;
            if (_hasStandby)
            {
                _needsWake = 0;
                Monitor.Pulse(_lock);
            }
            else if (!_isStopped && Environment.TickCount64 >= _retryAt)
            {
                TryStartStandby();
            }
        }
    }

    private void TryStartStandby()
    {
        try
        {
            _workers.Run(StandBy);
            (_hasStandby, _needsWake) = (true, 0);
        }
        catch (OutOfMemoryException)
        {
            // The system has no thread left at the moment.
            _retryAt = Environment.TickCount64 + RetryPause;
        }
    }

    private void StandBy()
    {
        if (TryTakeOver())
            ServeAndStandBy();
    }

    private void ServeAndStandBy()
    {
        serve();
        while (TryBecomeStandby() && TryTakeOver())
            serve();
    }

    private bool TryBecomeStandby()
    {
        lock (_lock)
        {
            if (_isStopped || _hasStandby)
                return false;

            (_hasStandby, _needsWake) = (true, 0);
            return true;
        }
    }

    // Looks until a section blocks. False when the loop has stopped.
    private bool TryTakeOver()
    {
        lock (_lock)
        {
            for (var seen = Interlocked.Read(ref _section); !_isStopped;)
            {
                if (Interlocked.Read(ref _section) != _slow)
                    _ = Monitor.Wait(_lock, tick);
                _ = Interlocked.Increment(ref _looks);
                var present = Interlocked.Read(ref _section);
                if ((present == seen || present == _slow) && IsSection(present) && TryEnd(present))
                {
                    (_hasStandby, _needsWake) = (false, 1);
                    return true;
                }

                if (present == seen && !IsSection(seen))
                    SleepAfter(seen);
                seen = Interlocked.Read(ref _section);
            }

            return false;
        }
    }

    // Until a later section begins.
    private void SleepAfter(long section)
    {
        _ = Interlocked.Exchange(ref _needsWake, 1);
        while (!_isStopped && _needsWake is not 0 && Interlocked.Read(ref _section) == section)
            _ = Monitor.Wait(_lock);
        _needsWake = 0;
    }
}
