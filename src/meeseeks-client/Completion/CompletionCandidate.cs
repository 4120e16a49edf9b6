namespace MeeseeksBox.CommandLine.Completion;

/// <summary>A possible completion.</summary>
/// <param name="Text">The word.</param>
/// <param name="Meaning">A description, for shells that show it; null: none.</param>
internal sealed record CompletionCandidate(string Text, string? Meaning = null);
