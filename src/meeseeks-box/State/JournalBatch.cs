namespace MeeseeksBox.Agent.State;

/// <summary>The commands that the thread of the journal executes in one turn.</summary>
/// <param name="Commands">The commands in order; the thread clears them.</param>
/// <param name="NeedsFlush">True when a caller waits for the flush of these lines, or it is due.</param>
/// <param name="Seq">The number up to which these lines and those before have all changes.</param>
/// <param name="IsLast">True when the journal is complete after them.</param>
internal readonly record struct JournalBatch(List<JournalCommand> Commands, bool NeedsFlush, long Seq, bool IsLast);
