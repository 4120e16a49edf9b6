namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A fileset that is not complete.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Since">When the first of its files was seen, in units of 100 ns since 1970.</param>
/// <param name="Missing">The lists without a file.</param>
/// <param name="IsOverdue">Whether <c>set_timeout</c> is over, and a required file is missing.</param>
public readonly record struct WaitingSet(string Key, long Since, IReadOnlyList<int> Missing, bool IsOverdue);
