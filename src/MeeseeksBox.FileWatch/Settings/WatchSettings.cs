using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Templates;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>The settings of a watch, with its templates applied (docs/SPECIFICATION.md#templates).</summary>
public sealed record WatchSettings
{
    /// <summary>The name of the watch, by the rules of <c>naming</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The absolute path of the folder; null for a watch with standing jobs only.</summary>
    public string? Path { get; init; }

    /// <summary>The same path as it is written, perhaps with a slash at its end: version 0.1.0 made ids of it.</summary>
    public string? WrittenPath { get; init; }

    /// <summary>Former names of the watch, whose account it takes over (<c>was</c>).</summary>
    public IReadOnlyList<string> Was { get; init; } = [];

    /// <summary>The absolute path of the folder for status files (<c>status_path</c>); null for the watched folder itself.</summary>
    public string? StatusPath { get; init; }

    /// <summary>Whether results are kept in extended attributes of the files (<c>status: xattr</c>), and not in status files.</summary>
    public bool HasAttributes { get; init; }

    /// <summary>How many levels of sub-folders are watched, too (<c>recursive</c>); 0 for none.</summary>
    public int Depth { get; init; }

    /// <summary>The patterns, one for each list of files; empty for standing jobs.</summary>
    public IReadOnlyList<Glob> Globs { get; init; } = [];

    /// <summary>The patterns of files that are never taken (<c>exclude</c>); null for <see cref="TemporaryNames"/>.</summary>
    public IReadOnlyList<Glob>? Exclude { get; init; }

    /// <summary>Whether lists are sorted from the lowest name up (<c>reverse</c>), not from the highest down.</summary>
    public bool IsReversed { get; init; }

    /// <summary>The separator of the parts of a name; null when a name is one part.</summary>
    public string? Split { get; init; }

    /// <summary>The number of leading parts that all names of a fileset share; 0 for no filesets.</summary>
    public int Fileset { get; init; }

    /// <summary>The expression that a name must match, and whose groups are values (<c>match</c>); null for none.</summary>
    public NamePattern? Match { get; init; }

    /// <summary>The groups of <see cref="Match"/> that are equal in all names of a fileset; null for sets by parts, or none.</summary>
    public IReadOnlyList<string>? SetGroups { get; init; }

    /// <summary>How long a fileset waits for files, from its first one on; null for no limit.</summary>
    public TimeSpan? SetTimeout { get; init; }

    /// <summary>The lists whose files a fileset needs to run after <see cref="SetTimeout"/>.</summary>
    public IReadOnlyList<int> SetRequired { get; init; } = [0];

    /// <summary>Whether a fileset may run as soon as its file of the first list exists.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The suffixes of skip files. A fileset or file is skipped while its skip file exists.</summary>
    public IReadOnlyList<string> Skips { get; init; } = [];

    /// <summary>The rule for the marker without which a file is not taken; null for none.</summary>
    public Marker? Marker { get; init; }

    /// <summary>The number of good rounds after which the watch ends; null for no limit.</summary>
    public int? Count { get; init; }

    /// <summary>Whether a changed file is processed again.</summary>
    public bool IsUpdated { get; init; }

    /// <summary>How often and when a failed file is run again.</summary>
    public RetryPolicy Retry { get; init; } = new(Most: null, TimeSpan.FromSeconds(10));

    /// <summary>The folder into which a file is moved when its last job is done, an absolute path; null to leave it.</summary>
    public string? DoneTo { get; init; }

    /// <summary>The folder into which a file is moved when its last job has failed and is not run again; null to leave it.</summary>
    public string? FailedTo { get; init; }

    /// <summary>Whether a file runs all steps up to that of its place, in order, or that step alone.</summary>
    public bool RunsAll { get; init; } = true;

    /// <summary>The least age of a file since its last change; zero for no limit.</summary>
    public TimeSpan MinAge { get; init; }

    /// <summary>
    /// How long a file may not change before it counts as complete; null: as long as the file system needs
    /// (docs/WATCH.md#when-a-file-is-complete).
    /// </summary>
    public TimeSpan? QuietTime { get; init; }

    /// <summary>The age at which a file is ignored; null for no limit.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The last place in a list with jobs, from 0; null for no limit.</summary>
    public int? MaxIndex { get; init; }

    /// <summary>The default of the pause after a failure; the pause after the last start of a standing job. More than 0 s.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval at which the whole folder is read. More than 0 s.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The age at which the status file of a removed file is deleted; zero for never.</summary>
    public TimeSpan Cleanup { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The steps of <c>jobs</c>.</summary>
    public IReadOnlyList<JobStep> Jobs { get; init; } = [];

    /// <summary>When files are late; null for never.</summary>
    public LateSettings? Late { get; init; }

    /// <summary>The settings for the formats <c>%(key)s</c>.</summary>
    public ConfigObject Keys { get; init; } = new(new SourceLocation(SourceLocation.CommandLine));

    /// <summary>The source of the settings as one text. Watches with equal texts have equal settings.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Whether the watch has no files and keeps its jobs running.</summary>
    public bool IsContinuous => Globs.Count == 0;

    /// <summary>Whether names matter that are none of files: folders, and hidden names.</summary>
    public bool NeedsOtherNames => Skips.Count > 0 || Marker is not null || Depth > 0;

    /// <summary>Whether the rules need the times of last changes.</summary>
    public bool NeedsMtimes => MinAge > TimeSpan.Zero || MaxAge is not null || IsUpdated;

    /// <summary>The watch by its former names and its path as it is written, by which earlier jobs have their ids.</summary>
    public IEnumerable<WatchSettings> Formers =>
        from name in Was.Prepend(Name)
        from path in new[] { Path, WrittenPath ?? Path }.Distinct()
        where (name, path) != (Name, Path)
        select this with { Name = name, Path = path };

    /// <summary>Whether files are processed in sets.</summary>
    public bool HasSets => Fileset > 0 || SetGroups is not null;

    /// <summary>The last list whose file can be the first of a fileset that runs.</summary>
    public int FirstRequired => SetTimeout is null ? 0 : SetRequired.DefaultIfEmpty(Globs.Count - 1).Min();

    /// <summary>The patterns of some lists, as text for people.</summary>
    public string PatternsOf(IEnumerable<int> lists) => string.Join(" and ", lists.Select(list => Globs[list].Pattern));

    /// <summary>The work that there may be for a file: one for each step.</summary>
    public IEnumerable<WorkKey> WorkOf(string fileName) => Enumerable.Range(0, Jobs.Count).Select(index => new WorkKey(index, fileName));

    /// <summary>Whether a sub-folder is watched, too. Hidden ones are not, nor those of results and processed files.</summary>
    /// <param name="folder">Its path, relative to <see cref="Path"/>.</param>
    public bool IsWatched(string folder)
    {
        if (RelativePath.DepthOf(folder) > Depth || RelativePath.IsHidden(folder))
            return false;
        var full = $"{(Path is "/" ? "" : Path)}/{folder}";
        return full != DoneTo && full != FailedTo && full != StatusPath;
    }

    /// <summary>The parts of a name.</summary>
    public string[] PartsOf(string fileName)
    {
        var name = RelativePath.NameOf(fileName);
        return Split is null ? [name] : name.Split(Split);
    }

    /// <summary>The skip files of a file or of its fileset.</summary>
    public IEnumerable<string> SkipNamesOf(string fileName)
    {
        if (Skips.Count == 0 || (Fileset > 0 ? SetKeyOf(fileName) : fileName) is not { } key)
            return [];
        return Skips.Select(suffix => $"{key}{Split}{suffix}");
    }

    /// <summary>The files that a change concerns, with the other files of their sets.</summary>
    /// <remarks>A file concerns itself and, as a skip file, the file that it causes to be skipped.</remarks>
    /// <param name="fileName">The file that appeared, changed or disappeared.</param>
    public IEnumerable<string> ConcernsOf(string fileName)
    {
        if (Skips.Count == 0 || Fileset > 0)
            return [fileName];
        var ends = Skips.Select(suffix => $"{Split}{suffix}");
        var skipping = ends.Where(end => fileName.Length > end.Length && fileName.EndsWith(end, StringComparison.Ordinal));
        return [fileName, .. skipping.Select(end => fileName[..^end.Length])];
    }

    /// <summary>What all names of its fileset share: the folder, and parts or groups; null for a file in no set.</summary>
    public string? SetKeyOf(string fileName)
    {
        if (SetGroups is { } groups)
            return Match!.KeyOf(fileName, groups);
        if (!HasSets)
            return null;

        // A set is in one folder, which is a part of its key.
        var begin = fileName.LastIndexOf('/') + 1;
        var end = begin - 1;
        for (var part = 0; part < Fileset; part++)
        {
            if (end == fileName.Length)
                return null;
            var start = part == 0 ? begin : end + Split!.Length;
            end = Split is null ? -1 : fileName.IndexOf(Split, start, StringComparison.Ordinal);
            end = end < 0 ? fileName.Length : end;
        }

        return fileName[..end];
    }
}
