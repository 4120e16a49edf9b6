using System.Text.Json;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads the watches of a configuration with applied templates.</summary>
/// <remarks>Problems go to the diagnostics of the section reader.</remarks>
public static class WatchReader
{
    private static readonly WatchSettings Default = new() { Name = string.Empty };

    /// <summary>Reads all watches.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <param name="defaults">The section with the defaults for the keys of each watch.</param>
    /// <param name="written">The same configuration, as a tree.</param>
    /// <param name="absolute">Makes a path absolute.</param>
    /// <param name="schedule">Parses a cron expression.</param>
    /// <param name="placesOf">Finds the folder that a path really leads to, and those above it.</param>
    public static IReadOnlyList<WatchSettings> ReadAll(
        SectionReader root,
        SectionReader defaults,
        ConfigObject written,
        Func<string, string> absolute,
        Func<string, Result<ISchedule>> schedule,
        Func<string, IReadOnlyList<FolderPlace>> placesOf)
    {
        var watches = new List<WatchSettings>();
        var common = Common(root);
        var entries = root.Entries("watch", defaults);
        foreach (var (name, section) in entries)
        {
            var watch = Read(name, section, common, written, absolute, schedule);
            watches.Add(watch with { Text = TextOf(watch, written) });
        }

        _ = Read(Default.Name, root.Blank(defaults), common, written, absolute, schedule);

        foreach (var (watch, circle) in MoveTargets.Circles(watches, placesOf))
            root.Section("watch").AddProblem(watch.Name, $"its files would come back by done_to and failed_to: {circle}");
        foreach (var watch in watches)
        {
            foreach (var name in watch.Was.Prepend(watch.Name))
                CheckCollisions(root, watches, watch, name);
            foreach (var name in watch.Was.Where(name => watches.Exists(other => other.Name == name)))
            {
                root.Section("watch").AddProblem(
                    watch.Name, $"was: there is a watch '{name}', which keeps its account; was names watches that are gone");
            }
        }

        return watches;
    }

    private static void CheckCollisions(SectionReader root, List<WatchSettings> watches, WatchSettings watch, string name)
    {
        var names = new StatusName(name);
        foreach (var other in watches.Where(other => HaveSameFolder(other, watch) && names.Collides(other.Name)))
        {
            root.Section("watch").AddProblem(
                other.Name,
                $"its status files could be taken for those of '{name}', which has the same path; give one of the two another name");
        }
    }

    /// <summary>Marks the keys named by formats as known, wherever they are set.</summary>
    /// <remarks>Users may invent such keys, and no warning of unknown keys is due.</remarks>
    /// <param name="root">The whole configuration.</param>
    /// <param name="defaults">The section with the defaults for the keys of each watch.</param>
    /// <param name="written">The configuration before its templates are applied.</param>
    public static void KnowOwnKeys(SectionReader root, SectionReader defaults, ConfigObject written)
    {
        var watches = root.Entries("watch", defaults);
        foreach (var key in WatchFormats.KeysIn(written).Distinct())
        {
            _ = root.Find(key.Split('.')[0]);
            _ = defaults.Find(key.Split('.')[0]);
            foreach (var (_, section) in watches)
                _ = section.Find(key.Split('.')[0]);
        }
    }

    /// <summary>Warns of keys at the top level that have an effect in a watch only. Call it after <see cref="KnowOwnKeys"/>.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <param name="defaults">The section with the defaults for the keys of each watch.</param>
    public static void WarnOfMisplacedKeys(SectionReader root, SectionReader defaults)
    {
        var watches = root.Entries("watch", defaults);
        foreach (var key in root.Keys.Where(key => !root.Knows(key)))
        {
            if (watches.Any(entry => entry.Value.Knows(key)))
                root.WarnIfSet(key, $"ignored: the key belongs into a watch (watch.NAME.{key}), or into defaults for all of them");
        }
    }

    private static bool HaveSameFolder(WatchSettings watch, WatchSettings other) =>
        watch.Path is not null && watch.Path == other.Path && watch.StatusPath == other.StatusPath;

    // Top-level settings apply to all watches without their own, like cleanup in the original.
    private static WatchSettings Common(SectionReader root) => Default with
    {
        Refresh = root.SecondsAboveZero("refresh") ?? Default.Refresh,
        Rescan = root.SecondsAboveZero("rescan") ?? Default.Rescan,
        Cleanup = root.Seconds("cleanup") ?? Default.Cleanup,
    };

    private static WatchSettings Read(
        string name,
        SectionReader section,
        WatchSettings common,
        ConfigObject written,
        Func<string, string> absolute,
        Func<string, Result<ISchedule>> schedule)
    {
        var path = section.Text("path");
        var split = section.Text("split");
        var depth = ReadDepth(section);
        var marker = MarkerReader.Read(section, split);
        var full = path is null ? null : absolute(path);
        var jobs = new JobsReader(section, written);
        var onLate = new JobsReader(section, written, LateReader.JobKey);
        var refresh = section.SecondsAboveZero("refresh") ?? common.Refresh;
        var settings = new WatchSettings
        {
            Name = name,
            Path = full?.Length > 1 ? full.TrimEnd('/') : full,
            WrittenPath = full,
            Was = ReadNames(section, "was", "a former name for"),
            StatusPath = section.Text("status_path") is { Length: > 0 } statusPath ? absolute(statusPath) : null,
            HasAttributes = StatusReader.Read(section),
            Depth = depth,
            Globs = GlobReader.ReadGlobs(section, depth > 0),
            Exclude = GlobReader.ReadExclude(section, depth > 0),
            IsReversed = section.Flag("reverse", Default.IsReversed),
            Split = split,
            Marker = marker,
            IsPartial = section.Flag("partial", Default.IsPartial),
            Skips = ReadNames(section, "skip", "a suffix of"),
            Count = section.WholeNumber("count", least: 0) is > 0 and { } count ? count : null,
            IsUpdated = section.Flag("updated", Default.IsUpdated),
            Retry = RetryReader.Read(section, refresh),
            DoneTo = MoveTargets.Read(section, "done_to", path, absolute),
            FailedTo = MoveTargets.Read(section, "failed_to", path, absolute),
            RunsAll = section.Flag("run_all", Default.RunsAll),
            MinAge = section.Seconds("min_age") ?? Default.MinAge,
            MaxAge = section.Seconds("max_age"),
            QuietTime = section.Seconds("settle") ?? (marker is null ? null : TimeSpan.Zero),
            MaxIndex = section.WholeNumber("max_index", least: 0),
            Refresh = refresh,
            Rescan = section.SecondsAboveZero("rescan") ?? common.Rescan,
            Cleanup = section.Seconds("cleanup") ?? common.Cleanup,
            Jobs = jobs.Read(),
            Late = LateReader.Read(section, onLate.Read().SelectMany(step => step.Templates).FirstOrDefault(), schedule),
            Keys = jobs.FormatKeys.MergedWith(onLate.FormatKeys),
        };
        settings = SetReader.Read(section, settings);
        if (name.Length > 0)
        {
            Check(settings, section, jobs, onLate);
            WatchFormats.WarnOfLiterals(section, "path", written);
            WatchFormats.WarnOfLiterals(section, "status_path", written);
        }

        return settings;
    }

    private static string TextOf(WatchSettings watch, ConfigObject written)
    {
        var parts = new[] { Member(written, "defaults"), Member(Member(written, "watch"), watch.Name), watch.Keys };
        var texts = parts.Select(part => part is null ? "" : ConfigJson.Compact(part));
        return string.Join('\n', texts.Append($"{watch.Refresh} {watch.Rescan} {watch.Cleanup}"));

        static ConfigObject? Member(ConfigObject? tree, string key) =>
            tree is not null && tree.TryGet(key, out var value) ? value as ConfigObject : null;
    }

    private static void Check(WatchSettings settings, SectionReader section, JobsReader jobs, JobsReader onLate)
    {
        if (settings.Name.AsSpan().ContainsAny('/', '\0'))
        {
            section.AddProblem(
                "path", $"the watch's name '{settings.Name}' has a slash, which names of status files cannot contain");
        }

        if (!settings.IsContinuous && settings.Path is null)
            section.AddProblem("path", "missing: the globs need a folder");
        if (settings is { IsContinuous: true, Path: not null })
        {
            section.AddWarning(
                section.Find("path")!,
                "there is no glob, so that no files are watched and the jobs are kept running; use \"*\" for all files");
        }

        StatusReader.Check(settings, section);
        GlobReader.Check(settings, section);
        SetReader.Check(settings, section);
        MarkerReader.Check(settings, section);
        if (settings is { IsContinuous: true, Was.Count: > 0 })
            section.AddWarning(section.Find("was")!, "ignored: there is no glob, so that there is no account");
        MoveTargets.Check(settings, section);
        if (settings.Jobs.Count == 0)
            section.AddProblem("jobs", "missing: there is nothing to submit");
        if (settings is { IsContinuous: true, Late: not null })
            section.AddWarning(section.Find("late")!, "there is no glob, so that no files can be late");
        jobs.Check(key => ValueNames.IsKnown(key, settings), !settings.IsContinuous, settings.Depth > 0);
        onLate.Check(LateReader.IsValue, isForFiles: false);
    }

    private static int ReadDepth(SectionReader section)
    {
        var depth = section.WholeNumber("depth", least: 1);
        if (section.Flag("recursive", fallback: false))
            return depth ?? int.MaxValue;
        if (section.Find("depth") is { } setting)
            section.AddWarning(setting, "ignored: without recursive, no sub-folder is watched");
        return 0;
    }

    private static List<string> ReadNames(SectionReader section, string key, string what)
    {
        var names = new List<string>();
        if (section.Find(key) is not { } setting)
            return names;
        foreach (var item in setting.Value is ConfigList list ? list.Items : [setting.Value])
        {
            if (item is not ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text: { Length: > 0 } name })
                section.AddProblem(setting, $"{item.Display} is not {what} names");
            else if (name.Contains('/', StringComparison.Ordinal))
                section.AddProblem(setting, $"{item.Display}: {what} names in the path of the watch cannot contain a slash");
            else
                names.Add(name);
        }

        return names;
    }
}
