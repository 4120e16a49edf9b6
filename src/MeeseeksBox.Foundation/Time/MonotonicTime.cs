namespace MeeseeksBox.Foundation.Time;

/// <summary>Reads a clock that nobody sets, for pauses and timeouts.</summary>
public static class MonotonicTime
{
    /// <summary>The time since an unknown begin, in units of 100 ns.</summary>
    /// <remarks>
    /// Two of them differ by the time between them, to the unit. <see cref="TimeProvider.GetElapsedTime(long)"/> of 0 counts in floating
    /// point, and errs by up to 12.8 µs when the clock has run for long: a pause that has just passed would not have.
    /// </remarks>
    public static long MonotonicTicks(this TimeProvider time)
    {
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        return seconds * TimeSpan.TicksPerSecond + rest * TimeSpan.TicksPerSecond / time.TimestampFrequency;
    }
}
