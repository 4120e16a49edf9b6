using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads <c>match</c> and the keys of filesets (docs/SPECIFICATION.md#filesets).</summary>
internal static class SetReader
{
    private const string MatchKey = "match";
    private const string FilesetKey = "fileset";
    private const string TimeoutKey = "set_timeout";
    private const string RequiredKey = "set_required";
    private const int MostParts = 1000;

    /// <summary>Adds the keys to the settings of a watch.</summary>
    public static WatchSettings Read(SectionReader section, WatchSettings settings)
    {
        // As a number, match is another name of fileset.
        var match = section.Find(MatchKey);
        var isPattern = match?.Value is ConfigScalar { Kind: JsonValueKind.String } text && !IsNumber(text.Text);
        var pattern = isPattern ? ReadPattern(section, match!) : null;
        settings = settings with { Match = pattern };
        settings = ReadKey(section, settings, isPattern ? section.Find(FilesetKey) : section.Find(FilesetKey, MatchKey), isPattern);
        var timeout = section.SecondsAboveZero(TimeoutKey);
        return settings with
        {
            SetTimeout = settings.HasSets && !settings.IsPartial ? timeout : null,
            SetRequired = ReadRequired(section, settings.Globs),
        };
    }

    /// <summary>Names what contradicts.</summary>
    public static void Check(WatchSettings settings, SectionReader section)
    {
        if (settings.Fileset > 0 && settings.Split is null)
            section.AddProblem(FilesetKey, "needs split, the text between the parts of names");
        if (settings.Match is not null && settings.IsContinuous)
            section.AddWarning(section.Find(MatchKey)!, "ignored: there is no glob, so that there are no files");
        if (section.Find(TimeoutKey) is { } timeout && settings.SetTimeout is null)
        {
            var reason = settings.HasSets ? "partial runs a set as soon as its first file is there" : "there are no sets without fileset";
            section.AddWarning(timeout, $"ignored: {reason}");
        }

        if (section.Find(RequiredKey) is { } required && section.Find(TimeoutKey) is null)
            section.AddWarning(required, "ignored: there is no set_timeout, so that a set needs all its files");
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static NamePattern? ReadPattern(SectionReader section, Setting setting)
    {
        var parsed = NamePattern.Parse(((ConfigScalar)setting.Value).Text);
        if (!parsed.IsSuccess)
        {
            section.AddProblem(setting, parsed.Problem!);
            return null;
        }

        foreach (var group in parsed.Value!.Groups)
        {
            if (ValueNames.IsReserved(group))
                section.AddProblem(setting, $"a group cannot be named '{group}', because %({group})s has a value of its own");
            else if (section.Find(group) is not null)
                section.AddProblem(setting, $"a group cannot be named '{group}', because the watch has a key with that name");
        }

        return parsed.Value;
    }

    private static WatchSettings ReadKey(SectionReader section, WatchSettings settings, Setting? setting, bool isPattern)
    {
        var all = settings.Match?.Groups ?? [];
        switch (setting?.Value)
        {
            case null:
                return settings.Globs.Count > 1 && all.Count > 0 ? settings with { SetGroups = all } : settings;
            case ConfigScalar { Kind: JsonValueKind.False } or ConfigScalar { Text: "false" }:
                return settings;
            case ConfigScalar { Kind: JsonValueKind.True } or ConfigScalar { Text: "true" } when isPattern:
                if (settings.Match is not null && all.Count == 0)
                    section.AddProblem(setting, "needs a named group in match, such as (?<start>\\d+), with equal values in a set");
                return all.Count > 0 ? settings with { SetGroups = all } : settings;
            case ConfigList when isPattern:
            case ConfigScalar { Kind: JsonValueKind.String, Text: var group } when isPattern && !IsNumber(group):
                return ReadGroups(section, settings, setting);
            default:
                var key = setting.Path.EndsWith(MatchKey, StringComparison.Ordinal) ? MatchKey : FilesetKey;
                return settings with { Fileset = section.WholeNumber(key, least: 0, most: MostParts) ?? 0 };
        }
    }

    private static WatchSettings ReadGroups(SectionReader section, WatchSettings settings, Setting setting)
    {
        var groups = new List<string>();
        foreach (var item in setting.Value is ConfigList list ? list.Items : [setting.Value])
        {
            if (item is ConfigScalar { Kind: JsonValueKind.String, Text: var name } && settings.Match?.Groups.Contains(name) != false)
                groups.Add(name);
            else
                section.AddProblem(setting, $"{item.Display} is not a named group of match");
        }

        return groups.Count > 0 && settings.Match is not null ? settings with { SetGroups = groups } : settings;
    }

    private static List<int> ReadRequired(SectionReader section, IReadOnlyList<Glob> globs)
    {
        if (section.Find(RequiredKey) is not { } setting)
            return [0];
        var lists = new List<int>();
        foreach (var item in setting.Value is ConfigList list ? list.Items : [setting.Value])
        {
            var text = item is ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number } scalar ? scalar.Text : "";
            var at = globs.Index().Where(glob => glob.Item.Pattern == text).Select(glob => glob.Index).FirstOrDefault(-1);
            if (at < 0 && ValueNames.TryNumber(text, out var number) && number < globs.Count)
                at = number;
            if (at >= 0)
                lists.Add(at);
            else
                section.AddProblem(setting, $"{item.Display} is neither a glob of the watch nor the number of one, from 0");
        }

        return lists;
    }
}
