using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads <c>marker</c> (docs/WATCH.md#markers).</summary>
internal static class MarkerReader
{
    private const string Key = "marker";

    /// <summary>The rule for markers; null without one.</summary>
    public static Marker? Read(SectionReader section, string? split)
    {
        if (section.Text(Key) is not { Length: > 0 } text)
            return null;
        var marker = Marker.Parse(text, split);
        if (marker.Problem is not { } problem)
            return marker;
        section.AddProblem(section.Find(Key)!, problem);
        return null;
    }

    /// <summary>Reports what prevents that any file is processed.</summary>
    public static void Check(WatchSettings settings, SectionReader section)
    {
        if (settings.Marker is not { } marker || section.Find(Key) is not { } setting)
            return;
        if (settings.IsContinuous)
            section.AddWarning(setting, "ignored: there is no glob, so that there are no files");
        else if (settings.Globs.FirstOrDefault(glob => glob.Problem is null && glob.IsCoveredBy([Glob.Parse(marker.Shape)])) is { } covered)
            section.AddProblem(setting, $"each file of '{covered}' could be a marker, and no marker is processed");
        else if (marker.LooksLikePattern)
            section.AddWarning(
                setting,
                $"{setting.Value.Display} is the name of a marker, not a pattern: files wait for a file with exactly this name; "
                + "the marker of a.dat is a.dat.ok with \"%(filename)s.ok\", and a.ok with \"%(stem)s.ok\"");
    }
}
