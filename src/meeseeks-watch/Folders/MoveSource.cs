namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A folder from which files are moved, with its account of results, wherever it is.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Account">The account.</param>
internal sealed record MoveSource(HeldFolder Folder, StatusAccount Account);
