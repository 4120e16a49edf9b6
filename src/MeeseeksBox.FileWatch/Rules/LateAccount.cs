namespace MeeseeksBox.FileWatch.Rules;

/// <summary>What a <see cref="LateDetector"/> keeps over a restart. Times are in units of 100 ns since 1970.</summary>
/// <param name="File">The last new file; null when there was none.</param>
/// <param name="At">When it came; without a file, when the watch began.</param>
/// <param name="Handled">The moment of the last alarm; moments up to this one need no alarm.</param>
/// <param name="IsLate">Whether an alarm was given, and no file has come since.</param>
public sealed record LateAccount(string? File, long At, long Handled, bool IsLate);
