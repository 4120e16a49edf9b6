namespace MeeseeksBox.WatchSimulation.Time;

/// <summary>A clock that a history moves on, and whose wall time it sets.</summary>
/// <remarks>The wall time follows that of the host, because the file system dates files by it.</remarks>
internal sealed class SimulatedClock : TimeProvider
{
    private readonly List<SimulatedTimer> _timers = [];
    private long _ticks = TimeSpan.TicksPerHour;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How far the wall clock is set wrong.</summary>
    public TimeSpan Jump { get; set; }

    /// <summary>The time since the begin of the history.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(_ticks - TimeSpan.TicksPerHour);

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Elapsed + Jump;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, () => callback(state));
        _ = timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the time on to the next timer, and runs it.</summary>
    /// <param name="end">The latest time.</param>
    /// <returns>False when none is due until then: the time is the end now.</returns>
    public bool TryAdvance(TimeSpan end)
    {
        var next = _timers.MinBy(timer => timer.Due);
        var latest = end.Ticks + TimeSpan.TicksPerHour;
        if (next is null || next.Due > latest)
        {
            _ticks = Math.Max(_ticks, latest);
            return false;
        }

        _ticks = Math.Max(_ticks, next.Due);
        next.Run();
        return true;
    }

    private sealed class SimulatedTimer(SimulatedClock clock, Action callback) : ITimer
    {
        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _ = clock._timers.Remove(this);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            Due = clock._ticks + dueTime.Ticks;
            clock._timers.Add(this);
            return true;
        }

        public void Run()
        {
            _ = clock._timers.Remove(this);
            callback();
        }

        public void Dispose() => _ = clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
