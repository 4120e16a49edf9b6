using Cronos;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>The moments of a cron expression in a time zone.</summary>
/// <param name="expression">The expression.</param>
/// <param name="zone">The time zone.</param>
internal sealed class CronSchedule(CronExpression expression, TimeZoneInfo zone) : ISchedule
{
    /// <summary>Parses an expression, for the time zone of the host.</summary>
    public static Result<ISchedule> Parse(string text) => Parse(text, TimeZoneInfo.Local);

    /// <summary>Parses an expression.</summary>
    public static Result<ISchedule> Parse(string text, TimeZoneInfo zone)
    {
        try
        {
            return new Result<ISchedule>(new CronSchedule(CronExpression.Parse(text.Trim()), zone), null);
        }
        catch (CronFormatException problem)
        {
            return new Error(problem.Message);
        }
    }

    /// <inheritdoc/>
    public long? Next(long time) =>
        expression.GetNextOccurrence(DateTimeOffset.UnixEpoch.AddTicks(time), zone) is { } occurrence
            ? (occurrence - DateTimeOffset.UnixEpoch).Ticks
            : null;
}
