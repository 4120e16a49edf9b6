using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>Finds the folder that a path really leads to, whatever links and mounts are on the way.</summary>
internal static class FolderPlaces
{
    private const int MostLinks = 40;

    /// <summary>The folder at a path and those above it, up to the root. What does not exist has its name there.</summary>
    /// <param name="path">A full path.</param>
    public static IReadOnlyList<FolderPlace> Of(string path)
    {
        var missing = new Stack<string>();
        var links = 0;
        while (path.Length > 1 && FileKind.Of(path) is not FileKind.Folder)
        {
            var folder = Path.GetDirectoryName(path)!;
            if (new FileInfo(path).LinkTarget is { } target && links++ < MostLinks)
            {
                path = Path.GetFullPath(target, folder);
                continue;
            }

            missing.Push(Path.GetFileName(path));
            path = folder;
        }

        var places = new List<FolderPlace>();
        for (var real = RealOf(path); real is not null; real = Path.GetDirectoryName(real))
            places.Add(new FolderPlace(FileKind.FactsOf(real)?.Id.ToString() ?? real, Path.GetFileName(real)));
        foreach (var name in missing)
            places.Insert(0, new FolderPlace($"{places[0].Id}/{name}", name));
        return places;
    }

    private static string RealOf(string path)
    {
        var descriptor = LibC.Open(path, OpenFlag.PathOnly | OpenFlag.CloseOnExec, 0);
        if (descriptor < 0)
            return path;
        try
        {
            return File.ResolveLinkTarget($"/proc/self/fd/{descriptor}", returnFinalTarget: false)?.FullName ?? path;
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }
}
