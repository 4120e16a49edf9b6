using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>The files, status files and folders in a folder that concern a watch.</summary>
public sealed class FolderSnapshot
{
    /// <summary>Sorts the files, if necessary.</summary>
    /// <param name="files">The files whose names do not begin with a dot, in any order.</param>
    /// <param name="status">The status files.</param>
    public FolderSnapshot(IReadOnlyList<WatchedFile> files, StatusTable status)
    {
        Files = new SortedFileList(IsSorted(files) ? files : [.. files.OrderBy(file => file.Name, ByteOrder.Instance)]);
        Status = status;
    }

    private FolderSnapshot(StatusTable status, SortedFileList files, IReadOnlySet<string>? others, SetHistory? sets)
    {
        (Files, Status) = (files, status);
        OtherNames = others ?? OtherNames;
        Sets = sets ?? Sets;
    }

    /// <summary>The files, in <see cref="ByteOrder"/>.</summary>
    public SortedFileList Files { get; }

    /// <summary>The status files in the folder.</summary>
    public StatusTable Status { get; }

    /// <summary>The folders in the folder, and the hidden markers; empty when the watch does not need them.</summary>
    public IReadOnlySet<string> OtherNames { get; init; } = new HashSet<string>();

    /// <summary>What is known about the filesets.</summary>
    public SetHistory Sets { get; init; } = new();

    /// <summary>A snapshot of files in <see cref="ByteOrder"/>, which is not verified.</summary>
    /// <param name="files">The files, in order.</param>
    /// <param name="status">The status files.</param>
    /// <param name="others">The other names; null for none.</param>
    /// <param name="sets">What is known about the filesets; null for nothing.</param>
    public static FolderSnapshot OfSorted(
        IReadOnlyList<WatchedFile> files, StatusTable status, IReadOnlySet<string>? others = null, SetHistory? sets = null) =>
        new(status, files as SortedFileList ?? new SortedFileList(files), others, sets);

    /// <summary>Whether a file or folder with the name exists.</summary>
    public bool Has(string name) => Files.Contains(name) || OtherNames.Contains(name);

    private static bool IsSorted(IReadOnlyList<WatchedFile> files)
    {
        for (var i = 1; i < files.Count; i++)
        {
            if (ByteOrder.Instance.Compare(files[i - 1].Name, files[i].Name) > 0)
                return false;
        }

        return true;
    }
}
