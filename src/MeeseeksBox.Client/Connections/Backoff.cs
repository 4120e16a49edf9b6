namespace MeeseeksBox.Client.Connections;

/// <summary>How long to wait before a box that is away is tried again: longer each time, and never the same for two clients.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The pause after a number of attempts in vain.</summary>
    /// <param name="attempts">How many there were, from 1.</param>
    /// <param name="random">A number from 0 to 1: where between half of the pause and the whole.</param>
    public static TimeSpan After(int attempts, double random)
    {
        var whole = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (1 + random) / 2);
    }
}
