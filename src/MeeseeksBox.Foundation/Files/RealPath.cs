namespace MeeseeksBox.Foundation.Files;

/// <summary>The path of a file behind symbolic links.</summary>
public static class RealPath
{
    /// <summary>The full path of the file that a path leads to.</summary>
    /// <returns>The full path of the link itself when it leads nowhere.</returns>
    public static string Of(string path)
    {
        try
        {
            return new FileInfo(path) is { LinkTarget: not null } link
                ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
                : Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return Path.GetFullPath(path);
        }
    }
}
