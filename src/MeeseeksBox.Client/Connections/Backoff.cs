namespace MeeseeksBox.Client.Connections;

/// <summary>The pauses between attempts to connect: exponential, with jitter.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The pause after a number of failed attempts.</summary>
    /// <param name="attempts">The number of failed attempts, from 1.</param>
    /// <param name="random">The jitter: 0 gives half of the pause, 1 the whole.</param>
    public static TimeSpan After(int attempts, double random)
    {
        var whole = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (1 + random) / 2);
    }
}
