namespace MeeseeksBox.CommandLine.Completion;

/// <summary>A word that may be meant.</summary>
/// <param name="Text">The word.</param>
/// <param name="Meaning">What it means, for shells that show it; null: it speaks for itself.</param>
internal sealed record CompletionCandidate(string Text, string? Meaning = null);
