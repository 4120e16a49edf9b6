using MeeseeksBox.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads <c>done_to</c> and <c>failed_to</c> (docs/SPECIFICATION.md#moved-files).</summary>
internal static class MoveTargets
{
    private static readonly string[] Keys = ["done_to", "failed_to"];

    /// <summary>A target as an absolute path; null for none.</summary>
    /// <param name="section">The watch.</param>
    /// <param name="key">The key of the target.</param>
    /// <param name="path">The path of the watch, to which the target is relative.</param>
    /// <param name="absolute">Makes a path absolute.</param>
    public static string? Read(SectionReader section, string key, string? path, Func<string, string> absolute)
    {
        if (section.Text(key) is not { } target)
            return null;
        var full = absolute(target.StartsWith('/') || path is null ? target : $"{path}/{target}");
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }

    /// <summary>Reports the problems and warnings of the targets.</summary>
    public static void Check(WatchSettings settings, SectionReader section)
    {
        foreach (var key in Keys)
        {
            if (section.Find(key) is not { } setting || (key is "done_to" ? settings.DoneTo : settings.FailedTo) is not { } target)
                continue;
            if (settings.IsContinuous)
                section.AddWarning(setting, "ignored: there is no glob, so that there are no files to move");
            else if (target.Contains("%(", StringComparison.Ordinal))
                section.AddProblem(setting, "only keys of the configuration can be put into it, and no values of files");
            else if (target == settings.Path?.TrimEnd('/'))
                section.AddProblem(setting, "is the watched folder itself; name another one, such as a folder in it");
            else if (settings.MaxIndex is not null)
                section.AddProblem(setting, "cannot be used with max_index: a moved file makes its place free for an older one");
        }

        if (settings is { FailedTo: not null, Retry.Most: null } && section.Find("failed_to") is { } failed)
            section.AddWarning(failed, "no file is moved there, because failed files are run again for ever; set retries");
    }

    /// <summary>The watches whose files would come back to them, with the folders on the way.</summary>
    /// <param name="watches">The watches.</param>
    /// <param name="placesOf">Finds the folder that a path really leads to, and those above it.</param>
    public static IEnumerable<(WatchSettings Watch, string Circle)> Circles(
        IReadOnlyList<WatchSettings> watches, Func<string, IReadOnlyList<FolderPlace>> placesOf)
    {
        // Most configurations have no target, and no path is looked up for them.
        if (!watches.SelectMany(Targets).Any())
            yield break;
        var paths = watches.Select(watch => watch.Path).OfType<string>().Concat(watches.SelectMany(Targets)).Distinct();
        var places = paths.ToDictionary(path => path, placesOf);
        foreach (var watch in watches)
        {
            // The target that is the watched folder itself is a problem of its own.
            var way = new List<string>();
            if (watch.Path is { } path && Targets(watch).Any(target => target != path && Leads(target, watch, way)))
                yield return (watch, string.Join(", ", way.Prepend(path)));
        }

        bool Leads(string from, WatchSettings to, List<string> way)
        {
            if (way.Contains(from))
                return false;
            way.Add(from);
            return Takes(to, from)
                || watches.Where(other => Takes(other, from)).SelectMany(Targets).Any(next => Leads(next, to, way));
        }

        bool Takes(WatchSettings watch, string target) => watch.Path is { } path && Watches(watch, places[path], places[target]);
    }

    // Whether a watch takes the files of a folder, also one below its own.
    private static bool Watches(WatchSettings watch, IReadOnlyList<FolderPlace> own, IReadOnlyList<FolderPlace> folder)
    {
        var below = folder.Count;
        for (var depth = folder.Count - 1; depth >= 0; depth--)
        {
            if (folder[depth].Id == own[0].Id)
                below = depth;
        }

        if (watch.IsContinuous || below == folder.Count)
            return false;
        var names = folder.Take(below).Select(place => place.Name).Reverse().ToList();
        return Enumerable.Range(1, below).All(count => watch.IsWatched(string.Join('/', names.Take(count))));
    }

    private static IEnumerable<string> Targets(WatchSettings watch) => new[] { watch.DoneTo, watch.FailedTo }.OfType<string>();
}
