using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>The copy of a damaged file, which a person may want to repair: <c>FILE.damaged-TIME</c>.</summary>
public static class DamagedFile
{
    private const string Mark = ".damaged-";

    /// <summary>The path of the copy of a file that is found damaged now.</summary>
    public static string PathOf(string path, TimeProvider time) => $"{path}{Mark}{time.GetUtcNow():yyyyMMdd-HHmmss}";

    /// <summary>Keeps a file under a second name, which takes no room, or where that cannot be a copy of it.</summary>
    /// <returns>The result for the log: where it is, or why there is none.</returns>
    public static string Keep(string path, TimeProvider time)
    {
        var aside = PathOf(path, time);
        try
        {
            // One of the same second may be the same file, which a copy would empty.
            File.Delete(aside);
            if (LibC.Link(path, aside) < 0)
                File.Copy(path, aside);
            return $"copy kept as {aside}";
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            return $"no copy kept as {aside}: {FileProblem.Reason(aside, problem)}";
        }
    }

    /// <summary>True when there is a copy of a file, or of one whose name begins with that of the file and a dot.</summary>
    public static bool IsBeside(string path) =>
        Path.GetDirectoryName(path) is { } folder
        && Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.*")
            .Any(file => Path.GetFileName(file).IndexOf(Mark, StringComparison.Ordinal) >= Path.GetFileName(path).Length);
}
