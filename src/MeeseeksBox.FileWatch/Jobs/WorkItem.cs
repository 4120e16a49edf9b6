using System.Globalization;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Templates;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>A jobspec with the files of one job.</summary>
public sealed record WorkItem
{
    /// <summary>The jobspec of the job.</summary>
    public required JobTemplate Template { get; init; }

    /// <summary>The position of the step in <c>jobs</c>, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The number of the file's list, from 0; without a file, the position in a list of jobspecs.</summary>
    public int List { get; init; }

    /// <summary>The file; null for a job without files.</summary>
    public string? FileName { get; init; }

    /// <summary>The file alone, or all files of its fileset in the order of the lists.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The list of each of <see cref="Files"/> ; null when they are one of each list, in order.</summary>
    public IReadOnlyList<int>? Lists { get; init; }

    /// <summary>What the names of the fileset share; null for a single file.</summary>
    public string? SetKey { get; init; }

    /// <summary>The time of the file's last change, in units of 100 ns since 1970; null without <c>updated</c>.</summary>
    public long? Mtime { get; init; }

    /// <summary>Whether it is the job of <c>on_late</c>.</summary>
    public bool IsLate { get; init; }

    /// <summary>Its place in the configuration, for a message.</summary>
    public string Title => IsLate ? "on_late" : string.Create(CultureInfo.InvariantCulture, $"job {Index}");

    /// <summary>The key of the work item in its watch.</summary>
    public WorkKey Key => FileName is null ? new WorkKey(Index, $"/{List}") : new WorkKey(Index, FileName);
}
