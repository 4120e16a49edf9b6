namespace MeeseeksBox.FileWatch.Rules;

/// <summary>When results are tried again that could not be recorded, and when they are given up.</summary>
/// <remarks>Times are in units of 100 ns of a clock that nobody sets.</remarks>
/// <param name="limit">With <c>once</c>, how long a result is kept; null without.</param>
public sealed class RecordRetries(TimeSpan? limit)
{
    private static readonly TimeSpan LongestPauseOnce = TimeSpan.FromSeconds(1);

    private long _last;

    /// <summary>How long a result is kept that cannot be recorded; null: until it is recorded.</summary>
    public TimeSpan? Limit => limit;

    /// <summary>The pause between two attempts.</summary>
    /// <param name="refresh">The usual one.</param>
    public TimeSpan PauseOf(TimeSpan refresh) => limit is not null && refresh > LongestPauseOnce ? LongestPauseOnce : refresh;

    /// <summary>Records an attempt.</summary>
    public void Begin(long ticks) => _last = ticks;

    /// <summary>Whether the pause since the last attempt is over.</summary>
    public bool IsDue(TimeSpan refresh, long ticks) => ticks - _last >= PauseOf(refresh).Ticks;

    /// <summary>Whether a result is given up.</summary>
    /// <param name="heldSince">When it could first not be recorded; null for now.</param>
    /// <param name="ticks">The time.</param>
    public bool IsGivenUp(long? heldSince, long ticks) => ticks - heldSince >= limit?.Ticks;
}
