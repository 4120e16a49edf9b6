using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads where the results of a watch are kept (docs/WATCH.md#results).</summary>
internal static class StatusReader
{
    private const string Key = "status";
    private const string PluginKey = "plugin";
    private const string PathKey = "status_path";
    private const string Files = "files";
    private const string Attributes = "xattr";

    // Classes of later versions of the original.
    private const string FilesPlugin = "meeseeks.watch.Watch";
    private const string AttributesPlugin = "meeseeks.watch.WatchXattr";

    /// <summary>Whether they are kept in attributes of the files.</summary>
    public static bool Read(SectionReader section)
    {
        var plugin = ReadPlugin(section);
        if (section.Find(Key) is not { } setting)
            return plugin is Attributes;
        if (TextOf(setting) is not (Files or Attributes))
            section.AddProblem(setting, $"{setting.Value.Display} is not {Files} or {Attributes}");
        return TextOf(setting) is Attributes;
    }

    /// <summary>Names what contradicts.</summary>
    public static void Check(WatchSettings settings, SectionReader section)
    {
        if (settings is { IsContinuous: true, StatusPath: not null })
            section.AddWarning(section.Find(PathKey)!, "there is no glob, so that there are no status files");
        if (settings is { IsContinuous: true, HasAttributes: true })
            section.AddWarning((section.Find(Key) ?? section.Find(PluginKey))!, "there is no glob, so that there are no results");
        if (settings is { HasAttributes: true, StatusPath: not null })
        {
            section.AddProblem(
                PathKey, $"cannot be used with {Key}: {Attributes}, which keeps results in attributes of the files; remove one of the two");
        }
    }

    // Null without the key. It counts less than status, which may override that of a template.
    private static string? ReadPlugin(SectionReader section)
    {
        if (section.Find(PluginKey) is not { } setting || setting.Value is ConfigScalar { IsNull: true })
            return null;
        if (TextOf(setting) is FilesPlugin)
            return Files;
        if (TextOf(setting) is AttributesPlugin)
            return Attributes;
        section.AddProblem(
            setting,
            $"{setting.Value.Display} is a class of the original, which cannot run here; remove the key. "
            + $"{AttributesPlugin} is known, and is {Key}: {Attributes} (docs/WATCH.md#results-in-attributes)");
        return null;
    }

    private static string? TextOf(Setting setting) => setting.Value is ConfigScalar { Kind: JsonValueKind.String } text ? text.Text : null;
}
