namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A file or fileset at one place of its list.</summary>
/// <param name="Position">The place, from 0.</param>
/// <param name="List">The number of the file's list; 0 for a fileset.</param>
/// <param name="Files">The file, or the files of the set in the order of the lists.</param>
/// <param name="Positions">
/// The index of each file in <see cref="FolderSnapshot.Files"/>; null when the group can never count as finished.
/// </param>
public readonly record struct FileGroup(int Position, int List, IReadOnlyList<WatchedFile> Files, IReadOnlyList<int>? Positions);
