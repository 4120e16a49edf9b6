using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Decides whether a file waits for its marker (docs/WATCH.md#markers).</summary>
internal static class MarkerRules
{
    /// <summary>Why a file is not considered, as a clause for people; null when it has its marker or needs none.</summary>
    public static string? Obstacle(WatchSettings settings, FolderSnapshot folder, WatchedFile file)
    {
        if (settings.Marker is not { } marker || IsProcessed(settings, folder, file))
            return null;
        if (marker.Of(file.Name) is not { } name)
            return $"its name has too few parts for its marker, '{marker}'";
        return folder.Has(name) ? null : $"it waits for its marker '{name}'";
    }

    // A file with a result was complete, and its job or its sender may have removed the marker.
    private static bool IsProcessed(WatchSettings settings, FolderSnapshot folder, WatchedFile file)
    {
        long? mtime = settings.IsUpdated ? file.Mtime : null;
        return file.FinishedInList is not null
            || settings.WorkOf(file.Name)
                .Any(key => folder.Status[key] is { Result: not null } status && !status.IsChanged(key.Index, mtime));
    }
}
