namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The places at which a path can begin to lead to another folder.</summary>
internal static class PathPlaces
{
    private const int MostLinks = 40;

    /// <summary>The names that decide where a path leads, each with its folder: its last part, and each link on the way.</summary>
    /// <remarks>Of a path that leads nowhere, the first part that does not exist is the last place.</remarks>
    /// <param name="path">A full path.</param>
    public static IReadOnlySet<(string Folder, string Name)> Of(string path)
    {
        var places = new HashSet<(string, string)>();
        Add(path, places);
        return places;
    }

    private static void Add(string path, HashSet<(string Folder, string Name)> places)
    {
        var folder = "/";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var count = 1; count <= parts.Length; count++)
        {
            var (name, full) = (parts[count - 1], Path.Join(folder, parts[count - 1]));
            var target = new FileInfo(full).LinkTarget;
            var isLast = count == parts.Length || (target is null && !Directory.Exists(full));
            if ((isLast || target is not null) && (!places.Add((folder, name)) || places.Count > MostLinks))
                return;
            if (target is not null)
            {
                Add(Path.Join([Path.GetFullPath(target, folder), .. parts[count..]]), places);
                return;
            }

            if (isLast)
                return;
            folder = full;
        }
    }
}
