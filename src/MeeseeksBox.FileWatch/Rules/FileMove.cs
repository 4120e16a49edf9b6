namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Files to be moved aside, because nothing is left to do for them (<c>done_to</c>, <c>failed_to</c>).</summary>
/// <param name="Files">The file, or all files of its set.</param>
/// <param name="Folder">The target, an absolute path.</param>
public sealed record FileMove(IReadOnlyList<string> Files, string Folder);
