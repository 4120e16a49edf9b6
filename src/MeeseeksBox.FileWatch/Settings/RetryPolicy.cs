using MeeseeksBox.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>How often and when a failed file is run again (docs/SPECIFICATION.md#retry-of-files).</summary>
/// <param name="Most">The most runs after the first one; null for no limit.</param>
/// <param name="Delay">The pause after the first failure. More than 0 s.</param>
/// <param name="Factor">The pause after each further failure, in times of the one before. At least 1.</param>
/// <param name="Longest">The longest pause; null for no limit.</param>
public sealed record RetryPolicy(int? Most, TimeSpan Delay, double Factor = 1, TimeSpan? Longest = null)
{
    /// <summary>Whether a decision about a failed file needs the number of its failures.</summary>
    public bool NeedsCount => Most > 0 || (Most is null && Factor > 1);

    /// <summary>Whether a file is not run again after some failures.</summary>
    public bool IsExhaustedAfter(int failures) => failures > Most;

    /// <summary>The pause after the last of some failures.</summary>
    public TimeSpan PauseAfter(int failures)
    {
        var longest = Longest ?? SectionValues.LongestTime;
        var seconds = Delay.TotalSeconds * Math.Pow(Factor, failures - 1);
        return seconds < longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : longest;
    }
}
