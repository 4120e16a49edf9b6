namespace MeeseeksBox.Core;

/// <summary>A point in time on two clocks. The core has no clock: its caller passes the time in.</summary>
/// <param name="Wall">Seconds since 1970, for the stamps of jobs. Jumps when the clock of the host is set.</param>
/// <param name="Monotonic">Seconds since an arbitrary start, for spans and deadlines. Never runs backwards.</param>
public readonly record struct Instant(double Wall, double Monotonic)
{
    /// <summary>The span of a timer for a deadline in monotonic seconds: rounded up to whole milliseconds, at least one.</summary>
    public TimeSpan Until(double deadline) =>
        TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((deadline - Monotonic) * 1000), 1, int.MaxValue));
}
