namespace MeeseeksBox.Runner.Limits;

/// <summary>When the memory of a run is read again.</summary>
internal static class WatchPace
{
    /// <summary>Time to the next look at a run that is close to its limit.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>Time to the next look at a run that is far from its limit.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // A usual growth. A program that allocates faster meets the limit of its data.
    private const double BytesPerSecond = 256 * 1024 * 1024;

    // At most 5 % of a processor.
    private const int LooksPerPause = 19;

    /// <summary>The pause until the next look.</summary>
    /// <param name="free">The bytes that the run may still take.</param>
    /// <param name="look">The time that the last look has taken.</param>
    public static TimeSpan Next(long free, TimeSpan look)
    {
        var fill = TimeSpan.FromSeconds(Math.Clamp(free / BytesPerSecond, Shortest.TotalSeconds, Longest.TotalSeconds));
        return look * LooksPerPause > fill ? look * LooksPerPause : fill;
    }
}
