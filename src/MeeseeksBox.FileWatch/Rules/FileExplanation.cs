namespace MeeseeksBox.FileWatch.Rules;

/// <summary>What was decided for a file, and why; <c>dry_run</c> shows it.</summary>
/// <param name="FileName">The file.</param>
/// <param name="Index">The place in <c>jobs</c>; null where the decision is not about one job.</param>
/// <param name="Reason">The decision, in a person's words.</param>
/// <param name="IsDue">Whether a job is to be submitted now.</param>
public readonly record struct FileExplanation(string FileName, int? Index, string Reason, bool IsDue = false);
