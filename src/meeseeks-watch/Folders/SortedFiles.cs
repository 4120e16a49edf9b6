using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Sorts, finds and compares lists of files by name.</summary>
internal static class SortedFiles
{
    /// <summary>Puts files in order.</summary>
    public static void Sort(List<WatchedFile> files) => files.Sort(SortedFileList.ByName);

    /// <summary>The place of a name; the complement of where it belongs when it is not there.</summary>
    public static int Find(List<WatchedFile> files, string name) => files.BinarySearch(new WatchedFile(name), SortedFileList.ByName);

    /// <summary>The names of files that another list does not have.</summary>
    public static List<string> Missing(IEnumerable<WatchedFile> files, IEnumerable<WatchedFile> others)
    {
        var names = new List<string>();
        using var other = others.GetEnumerator();
        var hasOther = other.MoveNext();
        foreach (var file in files)
        {
            while (hasOther && SortedFileList.ByName.Compare(other.Current, file) < 0)
                hasOther = other.MoveNext();
            if (!hasOther || SortedFileList.ByName.Compare(other.Current, file) > 0)
                names.Add(file.Name);
        }

        return names;
    }
}
