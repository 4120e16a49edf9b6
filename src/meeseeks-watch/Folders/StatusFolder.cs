using System.Security.Cryptography;
using System.Text;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Finds the folder with the status files of a watch (docs/WATCH.md#status-files-elsewhere).</summary>
internal static class StatusFolder
{
    private const int HashLength = 16;
    private const int LongestName = 200;

    /// <summary>The watched folder; with <c>status_path</c>, the folder in it that belongs to the watched folder.</summary>
    /// <remarks>Each read of the watched folder determines it again, because a link in the path may lead to another one.</remarks>
    public static string Of(WatchSettings settings) =>
        settings.StatusPath is { } path ? Path.Join(path, NameOf(Resolve(settings.Path!))) : settings.Path!;

    /// <summary>Makes a folder of status files in that of <c>status_path</c>, if that exists.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="below">The path of a sub-folder that is made in it; empty for none.</param>
    /// <exception cref="StatusFolderException">It cannot be made.</exception>
    public static void Make(string folder, string below = "")
    {
        try
        {
            if (Directory.Exists(Path.GetDirectoryName(folder)))
                ByteFile.MakeFolder(Path.Join(folder, below));
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new StatusFolderException(folder, folder, problem);
        }
    }

    /// <summary>Makes the folder of the results for files of a sub-folder, if that of <c>status_path</c> exists.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="subfolder">The sub-folder; empty for the watched folder.</param>
    /// <exception cref="StatusFolderException">It cannot be made.</exception>
    public static void MakeOf(string path, string subfolder)
    {
        var end = $"/{subfolder}";
        if (subfolder.Length > 0 && path.EndsWith(end, StringComparison.Ordinal))
            Make(path[..^end.Length], subfolder);
        else
            Make(path);
    }

    // The beginning is for people. The hash separates folders of the same name.
    private static string NameOf(string folder)
    {
        var name = Encoding.UTF8.GetByteCount(Path.GetFileName(folder)) <= LongestName ? Path.GetFileName(folder) : "";
        return $"{name}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..HashLength]}";
    }

    private static string Resolve(string path)
    {
        var folder = LibC.Open(path, OpenFlag.PathOnly | OpenFlag.CloseOnExec, 0);
        if (folder < 0)
            return Path.TrimEndingDirectorySeparator(path);
        try
        {
            return File.ResolveLinkTarget($"/proc/self/fd/{folder}", returnFinalTarget: false)!.FullName;
        }
        finally
        {
            _ = LibC.Close(folder);
        }
    }
}
