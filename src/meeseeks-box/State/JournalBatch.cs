namespace MeeseeksBox.Agent.State;

/// <summary>The commands that the thread of the journal executes in one turn.</summary>
/// <param name="Commands">The commands in order; the thread clears them.</param>
/// <param name="Flushed">Completes after the flush of these lines; null when they need no flush yet.</param>
/// <param name="Seq">The number up to which these lines and those before have all changes.</param>
/// <param name="IsLast">True when the journal is complete after them.</param>
internal readonly record struct JournalBatch(List<JournalCommand> Commands, TaskCompletionSource? Flushed, long Seq, bool IsLast);
