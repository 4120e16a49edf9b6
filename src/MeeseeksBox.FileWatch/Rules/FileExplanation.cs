namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A decision about a file with its reason, for <c>dry_run</c>.</summary>
/// <param name="FileName">The file.</param>
/// <param name="Index">The step in <c>jobs</c>, from 0; null when the decision is not about one step.</param>
/// <param name="Reason">The reason, as a clause for people.</param>
/// <param name="IsDue">Whether a job is due now.</param>
/// <param name="IsOver">Whether nothing is left to be done, so that the file does not wait.</param>
public readonly record struct FileExplanation(string FileName, int? Index, string Reason, bool IsDue = false, bool IsOver = false);
