namespace MeeseeksBox.FileWatch.Rules;

/// <summary>What stands at one place of the list or lists: a file, or a fileset.</summary>
/// <param name="Position">The place, from 0.</param>
/// <param name="List">The list that the file is of; 0 for a fileset, which has a file of each list.</param>
/// <param name="Files">The file, or those of the set in the order of the lists.</param>
/// <param name="Positions">Where each stands in <see cref="FolderSnapshot.Files"/>; null when they may never be taken for settled.</param>
public readonly record struct FileGroup(int Position, int List, IReadOnlyList<WatchedFile> Files, IReadOnlyList<int>? Positions);
