namespace MeeseeksBox.Foundation.Tasks;

/// <summary>Pauses between attempts, each twice as long as the one before it.</summary>
/// <param name="First">The first pause.</param>
/// <param name="Longest">The longest pause.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>The pause after another one.</summary>
    public TimeSpan After(TimeSpan pause) => pause * 2 < Longest ? pause * 2 : Longest;

    /// <summary>The pause after a number of failed attempts, with jitter.</summary>
    /// <param name="attempts">The number of failed attempts, from 1.</param>
    /// <param name="jitter">From 0 for half of the pause to 1 for the whole.</param>
    public TimeSpan After(int attempts, double jitter)
    {
        var whole = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (1 + jitter) / 2);
    }
}
