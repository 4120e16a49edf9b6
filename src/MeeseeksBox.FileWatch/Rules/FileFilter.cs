using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Decides which files a watch takes, and to which list they belong (docs/SPECIFICATION.md#globs).</summary>
public static class FileFilter
{
    /// <summary>The list of a file, which is that of the first glob it matches; -1 when the watch does not take it.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="path">The path of the file in the watched folder.</param>
    public static int ListOf(WatchSettings settings, string path)
    {
        for (var list = 0; list < settings.Globs.Count; list++)
        {
            if (settings.Globs[list].Matches(path))
                return IsMarker(settings, path) || ExclusionOf(settings, path) is not null || !IsMatch(settings, path) ? -1 : list;
        }

        return -1;
    }

    /// <summary>Why a watch does not take a file, as a clause for people.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="path">A file for which <see cref="ListOf"/> is -1.</param>
    public static string ReasonAgainst(WatchSettings settings, string path) =>
        IsMarker(settings, path) ? "it is a marker"
        : settings.Globs.All(glob => !glob.Matches(path)) ? "no glob matches it"
        : ExclusionOf(settings, path) is not { } pattern ? "it does not match `match`"
        : settings.Exclude is null ? $"its name is that of a temporary file, {pattern}, and exclude is not set"
        : $"it is excluded by {pattern}";

    private static bool IsMarker(WatchSettings settings, string path) => settings.Marker is { } marker && marker.Is(path);

    private static bool IsMatch(WatchSettings settings, string path) => settings.Match?.Matches(path) != false;

    // The pattern that excludes a file.
    private static string? ExclusionOf(WatchSettings settings, string path)
    {
        if (settings.Exclude is not { } patterns)
            return TemporaryNames.PatternOf(path, settings.Globs);
        for (var i = 0; i < patterns.Count; i++)
        {
            if (patterns[i].Matches(path))
                return patterns[i].Pattern;
        }

        return null;
    }
}
