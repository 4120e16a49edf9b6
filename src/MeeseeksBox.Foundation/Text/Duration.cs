namespace MeeseeksBox.Foundation.Text;

/// <summary>Formats durations for people.</summary>
internal static class Duration
{
    /// <summary>Formats a duration as <c>5s</c>, <c>1m05s</c>, <c>2h03m</c> or <c>3d04h</c>.</summary>
    public static string Show(long seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return span switch
        {
            { TotalMinutes: < 1 } => $"{span.Seconds}s",
            { TotalHours: < 1 } => $"{span.Minutes}m{span.Seconds:00}s",
            { TotalDays: < 1 } => $"{span.Hours}h{span.Minutes:00}m",
            _ => $"{span.Days}d{span.Hours:00}h",
        };
    }
}
