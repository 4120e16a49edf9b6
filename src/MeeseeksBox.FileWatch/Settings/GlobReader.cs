using System.Text.Json;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads the patterns of a watch, and warns of those that match nothing (docs/SPECIFICATION.md#globs).</summary>
internal static class GlobReader
{
    private const string GlobKey = "glob";
    private const string ExcludeKey = "exclude";

    /// <summary>The patterns of <c>glob</c>; empty when it is not set. A wrong pattern matches nothing.</summary>
    /// <param name="section">The watch.</param>
    /// <param name="isRecursive">Whether the folders in the watched one are watched, too.</param>
    public static IReadOnlyList<Glob> ReadGlobs(SectionReader section, bool isRecursive) => Read(section, GlobKey, isRecursive) ?? [];

    /// <summary>The patterns of <c>exclude</c>; null when it is not set.</summary>
    /// <param name="section">The watch.</param>
    /// <param name="isRecursive">Whether the folders in the watched one are watched, too.</param>
    public static IReadOnlyList<Glob>? ReadExclude(SectionReader section, bool isRecursive) => Read(section, ExcludeKey, isRecursive);

    /// <summary>Warns of the globs that get no file because of the other patterns of the watch.</summary>
    public static void Check(WatchSettings settings, SectionReader section)
    {
        if (settings.IsContinuous && section.Find(ExcludeKey) is { } exclude)
            section.AddWarning(exclude, "ignored: there is no glob, so that there are no files");
        var usable = settings.Globs.Where(glob => glob.Problem is null).ToList();
        foreach (var (place, glob) in usable.Index())
        {
            if (usable.Take(place).FirstOrDefault(other => glob.IsCoveredBy([other])) is { } earlier)
                section.AddWarning(section.Find(GlobKey)!, $"'{glob}' gets no file: '{earlier}' before it matches all of them");
            else if (settings.Exclude is { } excluded && glob.IsCoveredBy(excluded))
                section.AddWarning(section.Find(GlobKey)!, $"'{glob}' gets no file: exclude matches all of them");
        }
    }

    private static List<Glob>? Read(SectionReader section, string key, bool isRecursive)
    {
        if (section.Find(key) is not { } setting)
            return null;
        var globs = new List<Glob>();
        foreach (var item in setting.Value is ConfigList list ? list.Items : [setting.Value])
        {
            var isText = item is ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text.Length: > 0 };
            var glob = Glob.Parse(isText ? ((ConfigScalar)item).Text : item.Display);
            globs.Add(glob);
            if (!isText)
                section.AddProblem(setting, $"{item.Display} is not a pattern for names");
            else if (ProblemOf(glob, isRecursive) is { } problem)
                section.AddProblem(setting, $"{item.Display}: {problem}");
            else
                AddWarnings(section, setting, glob);
        }

        return globs;
    }

    private static void AddWarnings(SectionReader section, Setting setting, Glob glob)
    {
        foreach (var doubt in glob.Faults.Concat(GlobDoubts.Of(glob.Pattern)))
            section.AddWarning(setting, $"'{glob}': {doubt}");
    }

    private static string? ProblemOf(Glob glob, bool isRecursive)
    {
        if (glob.Problem is { } problem)
            return problem;
        if (glob.Pattern.StartsWith('/') || glob.Pattern.StartsWith("./", StringComparison.Ordinal))
            return "a pattern is for files in path, and cannot begin with / or ./";
        if (glob.Pattern.EndsWith('/'))
            return "a pattern is for files, and cannot end with a slash";
        return glob.NeedsFolders && !isRecursive ? "a pattern with a slash needs recursive" : null;
    }
}
