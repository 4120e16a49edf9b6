using MeeseeksBox.Watch.Names;

namespace MeeseeksBox.Watch.Rules;

/// <summary>What is in a folder at one moment, as far as a watch cares.</summary>
public sealed class FolderSnapshot
{
    /// <summary>A snapshot.</summary>
    /// <param name="files">The files whose names do not begin with a dot, in any order.</param>
    /// <param name="status">The status files.</param>
    public FolderSnapshot(IReadOnlyList<WatchedFile> files, StatusTable status)
    {
        Files = IsSorted(files) ? files : [.. files.OrderBy(file => file.Name, ByteOrder.Instance)];
        Status = status;
    }

    private FolderSnapshot(StatusTable status, IReadOnlyList<WatchedFile> files) => (Files, Status) = (files, status);

    /// <summary>The files, in the order of their bytes.</summary>
    public IReadOnlyList<WatchedFile> Files { get; }

    /// <summary>The status files.</summary>
    public StatusTable Status { get; }

    /// <summary>A snapshot of files that are in order, <see cref="ByteOrder"/>, which is not looked at again.</summary>
    public static FolderSnapshot OfSorted(IReadOnlyList<WatchedFile> files, StatusTable status) => new(status, files);

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
