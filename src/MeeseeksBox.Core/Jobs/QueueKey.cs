namespace MeeseeksBox.Core.Jobs;

/// <summary>The identity of a <see cref="JobQueue"/>.</summary>
/// <param name="Node">The node; null for unassigned jobs.</param>
/// <param name="Pool">The pool.</param>
internal readonly record struct QueueKey(string? Node, string Pool);
