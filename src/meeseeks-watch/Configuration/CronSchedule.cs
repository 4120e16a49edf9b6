using Cronos;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>The moments of a cron expression in a time zone.</summary>
/// <param name="expression">The expression.</param>
/// <param name="zone">The time zone.</param>
internal sealed class CronSchedule(CronExpression expression, TimeZoneInfo zone) : ISchedule
{
    private const int Fields = 5;

    /// <summary>Parses an expression, for the time zone of the host.</summary>
    public static Result<ISchedule> Parse(string text) => Parse(text, TimeZoneInfo.Local);

    /// <summary>Parses an expression.</summary>
    public static Result<ISchedule> Parse(string text, TimeZoneInfo zone)
    {
        // The library would name the field after the last one.
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != Fields && fields is not [['@', ..]])
            return new Error($"it has {fields.Length} fields, and needs {Fields}: minute, hour, day of the month, month, day of the week");
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
