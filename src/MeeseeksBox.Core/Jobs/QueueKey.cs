namespace MeeseeksBox.Core.Jobs;

/// <summary>Names a queue.</summary>
/// <param name="Node">The node; null for jobs that are to be given one.</param>
/// <param name="Pool">The pool.</param>
internal readonly record struct QueueKey(string? Node, string Pool);
