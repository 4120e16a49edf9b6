namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>What has changed in a folder.</summary>
/// <param name="Names">The changed names; null when the whole folder must be read.</param>
/// <param name="Folders">The folders that were made, moved, removed or changed.</param>
/// <param name="Removed">The files that were deleted or moved away, also when they are there again.</param>
/// <param name="Written">The files that were closed after a write, or moved into the folder.</param>
/// <param name="HasOverflown">Whether the system has dropped changes.</param>
internal sealed record FolderChanges(
    IReadOnlyCollection<string>? Names,
    IReadOnlyCollection<string> Folders,
    IReadOnlyCollection<string> Removed,
    IReadOnlyCollection<string> Written,
    bool HasOverflown);
