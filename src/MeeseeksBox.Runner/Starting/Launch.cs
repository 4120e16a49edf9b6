using MeeseeksBox.Runner.Children;

namespace MeeseeksBox.Runner.Starting;

/// <summary>The result of an attempt to start a process.</summary>
/// <param name="Process">The process; null when it was not started.</param>
/// <param name="Output">The descriptor to read its standard output from; -1 without one.</param>
/// <param name="Errors">The descriptor to read its standard error from; -1 without one.</param>
/// <param name="Problem">Why it was not started; null when it was.</param>
/// <param name="IsShortage">True when a later attempt may succeed.</param>
internal sealed record Launch(JobProcess? Process, int Output, int Errors, string? Problem = null, bool IsShortage = false)
{
    /// <summary>An attempt that failed.</summary>
    public static Launch Failed(string problem, bool isShortage = false) => new(null, -1, -1, problem, isShortage);
}
