namespace MeeseeksBox.Runner.Limits;

/// <summary>When the memory of a run is read again.</summary>
internal static class WatchPace
{
    /// <summary>Time to the next sample of a run that is close to its limit.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>Time to the next sample of a run that is far from its limit.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // A usual growth. A program that allocates faster meets the limit of its data.
    private const double BytesPerSecond = 256 * 1024 * 1024;

    // At most 5 % of a processor.
    private const int PausesPerSample = 19;

    /// <summary>The pause until the next sample.</summary>
    /// <param name="free">The bytes that the run may still take.</param>
    /// <param name="sample">The time that the last sample has taken.</param>
    public static TimeSpan Next(long free, TimeSpan sample)
    {
        var fill = TimeSpan.FromSeconds(Math.Clamp(free / BytesPerSecond, Shortest.TotalSeconds, Longest.TotalSeconds));
        return sample * PausesPerSample > fill ? sample * PausesPerSample : fill;
    }
}
