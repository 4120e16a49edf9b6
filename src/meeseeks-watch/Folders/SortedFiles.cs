using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Finds, merges and compares lists of files in <see cref="ByteOrder"/>.</summary>
internal static class SortedFiles
{
    private static readonly Comparer<WatchedFile> ByName =
        Comparer<WatchedFile>.Create((x, y) => ByteOrder.Instance.Compare(x.Name, y.Name));

    /// <summary>Puts files in order.</summary>
    public static void Sort(List<WatchedFile> files) => files.Sort(ByName);

    /// <summary>Files in order.</summary>
    public static List<WatchedFile> Sorted(IEnumerable<WatchedFile> files)
    {
        List<WatchedFile> sorted = [.. files];
        Sort(sorted);
        return sorted;
    }

    /// <summary>Removes the files in a folder, and a file of its name.</summary>
    /// <returns>The files.</returns>
    public static List<WatchedFile> Take(List<WatchedFile> files, string folder)
    {
        var taken = new List<WatchedFile>();
        if (Find(files, folder) is >= 0 and var file)
            TakeRange(file, 1);
        var first = ~Find(files, folder + "/");
        var end = first;
        while (end < files.Count && RelativePath.IsWithin(files[end].Name, folder))
            end++;
        TakeRange(first, end - first);
        return taken;

        void TakeRange(int start, int count)
        {
            taken.AddRange(files.GetRange(start, count));
            files.RemoveRange(start, count);
        }
    }

    /// <summary>The place of a name; the complement of where it belongs when it is not there.</summary>
    public static int Find(List<WatchedFile> files, string name) => files.BinarySearch(new WatchedFile(name), ByName);

    /// <summary>The files of two lists.</summary>
    public static List<WatchedFile> Merge(List<WatchedFile> some, List<WatchedFile> others)
    {
        if (some.Count == 0 || others.Count == 0)
            return some.Count == 0 ? others : some;
        var (merged, other) = (new List<WatchedFile>(some.Count + others.Count), 0);
        foreach (var file in some)
        {
            while (other < others.Count && ByName.Compare(others[other], file) < 0)
                merged.Add(others[other++]);
            merged.Add(file);
        }

        while (other < others.Count)
            merged.Add(others[other++]);
        return merged;
    }

    /// <summary>The names of files that another list does not have.</summary>
    public static List<string> Missing(List<WatchedFile> files, List<WatchedFile> others)
    {
        var (names, other) = (new List<string>(), 0);
        foreach (var file in files)
        {
            while (other < others.Count && ByName.Compare(others[other], file) < 0)
                other++;
            if (other == others.Count || ByName.Compare(others[other], file) > 0)
                names.Add(file.Name);
        }

        return names;
    }
}
