using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Templates;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads <c>late</c> and <c>on_late</c> of a watch.</summary>
internal static class LateReader
{
    private const string Key = "late";

    /// <summary>The key of the jobspec.</summary>
    public const string JobKey = "on_late";

    /// <summary>Reads the keys.</summary>
    /// <param name="section">The watch.</param>
    /// <param name="job">The value of <c>on_late</c>; null without one.</param>
    /// <param name="parse">Parses a cron expression.</param>
    /// <returns>Null without <c>late</c>.</returns>
    public static LateSettings? Read(SectionReader section, JobTemplate? job, Func<string, Result<ISchedule>> parse)
    {
        if (section.Find(Key) is not { } setting)
        {
            if (section.Find(JobKey) is { } useless)
                section.AddWarning(useless, "ignored: late says when it runs, and is not set");
            return null;
        }

        // A word of the command line with a comma is a list.
        if (setting.Value is not (ConfigList or ConfigScalar) || section.Strings(Key) is not { } text)
            return null;
        if (!text.Trim().Contains(' ', StringComparison.Ordinal) && !text.StartsWith('@'))
            return section.SecondsAboveZero(Key) is { } limit ? new LateSettings(limit, null, job) : null;
        var schedule = parse(text);
        if (schedule.IsSuccess)
            return new LateSettings(null, schedule.Value, job);
        section.AddProblem(setting, $"{setting.Value.Display} is neither a number of seconds nor a cron expression: {schedule.Problem}");
        return null;
    }

    /// <summary>Whether a format of <c>on_late</c> has a value of its own.</summary>
    public static bool IsValue(string name) => name is "name" or "path" or "late" or "last";
}
