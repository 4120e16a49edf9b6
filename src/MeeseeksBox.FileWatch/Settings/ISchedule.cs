namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Moments that recur, such as those of a cron expression.</summary>
public interface ISchedule
{
    /// <summary>The first moment after a time; null when there is none any more.</summary>
    /// <param name="time">The time, in units of 100 ns since 1970.</param>
    long? Next(long time);
}
