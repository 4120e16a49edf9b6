namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The result of a move.</summary>
/// <param name="Moved">The files that were moved.</param>
/// <param name="Replaced">The files whose places others have taken, which are new.</param>
internal sealed record MoveResult(IReadOnlyList<string> Moved, IReadOnlyList<string> Replaced);
