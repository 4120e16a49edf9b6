namespace MeeseeksBox.Agent.State;

/// <summary>An entry of the journal's queue: a line to write, or a rotation.</summary>
/// <param name="Line">The line; ignored for a rotation.</param>
/// <param name="Rotated">Completes with the rotation; null for a line.</param>
internal readonly record struct JournalCommand(JournalLine Line, TaskCompletionSource? Rotated);
