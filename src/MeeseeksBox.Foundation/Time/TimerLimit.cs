namespace MeeseeksBox.Foundation.Time;

/// <summary>Limits a configured time to what one timer takes.</summary>
public static class TimerLimit
{
    /// <summary>The longest time of a timer. .NET takes 49.7 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>The time for a timer: at most <see cref="Longest"/>; <see cref="Timeout.InfiniteTimeSpan"/> stays.</summary>
    public static TimeSpan ForTimer(this TimeSpan time) => time < Longest ? time : Longest;
}
