namespace MeeseeksBox.FileWatch.Names;

/// <summary>Paths of files relative to the watched folder: <c>a.dat</c>, or <c>sub/a.dat</c> with <c>recursive</c>.</summary>
public static class RelativePath
{
    private const char Separator = '/';

    /// <summary>The folder of a file; empty for the watched folder itself.</summary>
    public static string FolderOf(string path) => path[..Math.Max(path.LastIndexOf(Separator), 0)];

    /// <summary>The folders of a file below the watched one, from its own up.</summary>
    public static IEnumerable<string> FoldersAbove(string path)
    {
        for (var folder = FolderOf(path); folder.Length > 0; folder = FolderOf(folder))
            yield return folder;
    }

    /// <summary>The name of a file, without its folder.</summary>
    public static string NameOf(string path) => path[NameStart(path)..];

    /// <summary>Where the name of a file begins in its path.</summary>
    public static int NameStart(string path) => path.LastIndexOf(Separator) + 1;

    /// <summary>Whether the name of a file begins with a dot.</summary>
    public static bool IsHidden(string path) => NameStart(path) is var start && start < path.Length && path[start] == '.';

    /// <summary>The path of a name in a folder.</summary>
    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}{Separator}{name}";

    /// <summary>Whether a path is that of a folder or leads into it. Every path leads into the watched folder, which is empty.</summary>
    public static bool IsWithin(string path, string folder) =>
        folder.Length == 0
        || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == Separator));

    /// <summary>How many folders lie between the watched folder and what is in a folder: 0 for the watched folder.</summary>
    public static int DepthOf(string folder) => folder.Length == 0 ? 0 : folder.Count(unit => unit == Separator) + 1;
}
