namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A file, status file or folder in a watched folder.</summary>
/// <param name="Path">Its path, relative to the watched folder.</param>
/// <param name="Time">When it was last written, in units of 100 ns since 1970; 0 when no rule needs that.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
internal readonly record struct FolderEntry(string Path, long Time, bool IsFolder);
