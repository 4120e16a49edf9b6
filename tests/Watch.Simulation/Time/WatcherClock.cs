namespace MeeseeksBox.WatchSimulation.Time;

/// <summary>The clock as one watcher reads it.</summary>
/// <param name="clock">The clock of the history.</param>
/// <param name="trap">May end the watcher when it reads the clock.</param>
internal sealed class WatcherClock(SimulatedClock clock, Trap trap) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => Checked(clock.GetTimestamp());

    public override DateTimeOffset GetUtcNow() => Checked(clock.GetUtcNow());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    private T Checked<T>(T time) => trap.Springs() ? throw new DeathException() : time;
}
