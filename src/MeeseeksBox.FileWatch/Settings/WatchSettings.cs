using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>An entry of <c>watch</c>, with its templates applied (docs/SPECIFICATION.md#templates).</summary>
public sealed record WatchSettings
{
    /// <summary>Its name; with a template that is applied to all, <c>template-name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the folder; null for a watch that has no files, only standing jobs.</summary>
    public string? Path { get; init; }

    /// <summary>The patterns, each of which makes a list of files. None: the jobs are kept running.</summary>
    public IReadOnlyList<Glob> Globs { get; init; } = [];

    /// <summary>Whether lists go from the lowest name up (<c>reverse</c>) and not from the highest down.</summary>
    public bool IsReversed { get; init; }

    /// <summary>What parts the names of files; null: each name is one part.</summary>
    public string? Split { get; init; }

    /// <summary>How many parts of the names must be equal in all lists to make a fileset; 0: no filesets.</summary>
    public int Fileset { get; init; }

    /// <summary>Whether a fileset may run as soon as its file of the first list is there.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The ends of names: a fileset or file is skipped while a file with its parts and one of these exists.</summary>
    public IReadOnlyList<string> Skips { get; init; } = [];

    /// <summary>The number of good rounds after which the watch ends; null: it does not end.</summary>
    public int? Count { get; init; }

    /// <summary>Whether a file that changes is processed again.</summary>
    public bool IsUpdated { get; init; }

    /// <summary>Whether a job that failed is run again.</summary>
    public bool IsRetried { get; init; } = true;

    /// <summary>Whether all steps up to that of its place are due for a file, one after the other, and not that step alone.</summary>
    public bool RunsAll { get; init; } = true;

    /// <summary>How long a file must have been as it is; zero: it does not matter.</summary>
    public TimeSpan MinAge { get; init; }

    /// <summary>How long ago a file may have changed at most; null: it does not matter.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The last place in a list that jobs are submitted for, from 0; null: all.</summary>
    public int? MaxIndex { get; init; }

    /// <summary>How long after a failure, or after the last start of a standing job, the next attempt is made. More than 0 s.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the folder is read whole. More than 0 s.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How old a status file must be before it is removed when its file is gone; zero: it stays for ever.</summary>
    public TimeSpan Cleanup { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The steps.</summary>
    public IReadOnlyList<JobStep> Jobs { get; init; } = [];

    /// <summary>All that was written for the watch, for the formats <c>%(key)s</c>.</summary>
    public ConfigObject Keys { get; init; } = new(new SourceLocation(SourceLocation.CommandLine));

    /// <summary>All that the settings were made of, in one text: two that have the same are the same.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Whether it has no files, and keeps its jobs running.</summary>
    public bool IsContinuous => Globs.Count == 0;

    /// <summary>Whether the rules ask when files were changed.</summary>
    public bool NeedsMtimes => MinAge > TimeSpan.Zero || MaxAge is not null || IsUpdated;

    /// <summary>The parts of a name.</summary>
    public string[] PartsOf(string fileName) => Split is null ? [fileName] : fileName.Split(Split);

    /// <summary>The names of the files that have a file, or its fileset, skipped while they exist.</summary>
    /// <param name="fileName">The file.</param>
    public IEnumerable<string> SkipNamesOf(string fileName)
    {
        if (Skips.Count == 0 || (Fileset > 0 ? SetKeyOf(fileName) : fileName) is not { } key)
            return [];
        return Skips.Select(suffix => $"{key}{Split}{suffix}");
    }

    /// <summary>The beginnings of names, or the names, that a file concerns: its own, and those that it may have skipped.</summary>
    /// <param name="fileName">The file that came, changed or went.</param>
    public IEnumerable<string> ConcernsOf(string fileName)
    {
        if (Fileset > 0)
            return [SetKeyOf(fileName) ?? fileName];
        var ends = Skips.Select(suffix => $"{Split}{suffix}");
        var skipping = ends.Where(end => fileName.Length > end.Length && fileName.EndsWith(end, StringComparison.Ordinal));
        return [fileName, .. skipping.Select(end => fileName[..^end.Length])];
    }

    /// <summary>The beginning of a name, up to its last part that all names of a fileset have in common; null: it has too few parts.</summary>
    public string? SetKeyOf(string fileName)
    {
        var end = -1;
        for (var part = 0; part < Fileset; part++)
        {
            if (end == fileName.Length)
                return null;
            var start = part == 0 ? 0 : end + Split!.Length;
            end = Split is null ? -1 : fileName.IndexOf(Split, start, StringComparison.Ordinal);
            end = end < 0 ? fileName.Length : end;
        }

        return fileName[..end];
    }
}
