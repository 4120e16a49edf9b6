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
    public static IEnumerable<(WatchSettings Watch, string Circle)> Circles(IReadOnlyList<WatchSettings> watches)
    {
        foreach (var watch in watches)
        {
            // The target that is the watched folder itself is a problem of its own.
            var way = new List<string>();
            if (watch.Path is { } path && Targets(watch).Any(target => target != path && Leads(target, path, way)))
                yield return (watch, string.Join(", ", way.Prepend(path)));
        }

        bool Leads(string from, string to, List<string> way)
        {
            if (way.Contains(from))
                return false;
            way.Add(from);
            return from == to || watches.Where(other => other.Path == from).SelectMany(Targets).Any(next => Leads(next, to, way));
        }
    }

    private static IEnumerable<string> Targets(WatchSettings watch) => new[] { watch.DoneTo, watch.FailedTo }.OfType<string>();
}
