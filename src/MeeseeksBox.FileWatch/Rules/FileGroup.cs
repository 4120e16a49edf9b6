namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A file or fileset at one place of its list.</summary>
/// <param name="Position">The place, from 0.</param>
/// <param name="List">The number of the file's list; 0 for a fileset.</param>
/// <param name="Files">The file, or the files of the set in the order of the lists.</param>
/// <param name="Positions">
/// The index of each file in <see cref="FolderSnapshot.Files"/>, for a set with its other files; null when the group can never count as
/// finished.
/// </param>
public readonly record struct FileGroup(int Position, int List, IReadOnlyList<WatchedFile> Files, IReadOnlyList<int>? Positions)
{
    /// <summary>The key of the set; null for a file.</summary>
    public string? SetKey { get; init; }

    /// <summary>The list of each file of a set; null for a file.</summary>
    public IReadOnlyList<int>? Lists { get; init; }

    /// <summary>The files with the key of the set that are not in it; null for a file.</summary>
    public IReadOnlyList<string>? Others { get; init; }

    /// <summary>The list of a file of the group.</summary>
    public int ListOf(int member) => Lists is null ? List : Lists[member];
}
