using MeeseeksBox.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads <c>retry</c>, <c>retries</c> and the pauses of a watch, and names what contradicts.</summary>
internal static class RetryReader
{
    private const double LargestFactor = 1000;

    private static readonly string[] Pauses = ["retry_delay", "retry_factor", "retry_max"];

    /// <summary>Reads the keys.</summary>
    /// <param name="section">The watch.</param>
    /// <param name="refresh">The default of the pause.</param>
    public static RetryPolicy Read(SectionReader section, TimeSpan refresh)
    {
        var isRetried = section.Flag("retry", fallback: true);
        var retries = section.WholeNumber("retries", least: 0);
        var policy = new RetryPolicy(
            isRetried ? retries : 0,
            section.SecondsAboveZero("retry_delay") ?? refresh,
            section.Number("retry_factor", least: 1, most: LargestFactor) ?? 1,
            section.SecondsAboveZero("retry_max"));
        Check(section, policy, isRetried, retries);
        return policy;
    }

    private static void Check(SectionReader section, RetryPolicy policy, bool isRetried, int? retries)
    {
        if (!isRetried && retries > 0)
            Ignore(section, "retries", "retry is false, so that no failed file is run again");
        else if (isRetried && retries == 0 && section.Find("retry") is not null)
            Ignore(section, "retry", "retries is 0, so that no failed file is run again");
        if (policy.Most == 0)
        {
            foreach (var key in Pauses)
                Ignore(section, key, "no failed file is run again");
        }
        else if (policy.Longest < policy.Delay)
        {
            section.AddProblem("retry_max", "is less than retry_delay, the pause after the first failure");
        }
        else if (policy.Factor is 1)
        {
            Ignore(section, "retry_max", "without a retry_factor above 1, each pause is retry_delay");
        }
    }

    private static void Ignore(SectionReader section, string key, string reason)
    {
        if (section.Find(key) is { } setting)
            section.AddWarning(setting, $"ignored: {reason}");
    }
}
