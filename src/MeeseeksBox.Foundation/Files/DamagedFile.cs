namespace MeeseeksBox.Foundation.Files;

/// <summary>The copy of a damaged file, which a person may want to repair: <c>FILE.damaged-TIME</c>.</summary>
public static class DamagedFile
{
    private const string Mark = ".damaged-";

    /// <summary>The path of the copy of a file that is found damaged now.</summary>
    public static string PathOf(string path, TimeProvider time) => $"{path}{Mark}{time.GetUtcNow():yyyyMMdd-HHmmss}";

    /// <summary>True when there is a copy of a file, or of one whose name begins with that of the file and a dot.</summary>
    public static bool IsBeside(string path) =>
        Path.GetDirectoryName(path) is { } folder
        && Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.*")
            .Any(file => Path.GetFileName(file).IndexOf(Mark, StringComparison.Ordinal) >= Path.GetFileName(path).Length);
}
