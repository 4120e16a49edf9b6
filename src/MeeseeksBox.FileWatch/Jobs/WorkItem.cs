using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>What is to be done once: a jobspec, and the files that it is for.</summary>
public sealed record WorkItem
{
    /// <summary>The jobspec.</summary>
    public required JobTemplate Template { get; init; }

    /// <summary>The place in <c>jobs</c>, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The list that the file is of, from 0; for a job without files, its place in a list of jobspecs.</summary>
    public int List { get; init; }

    /// <summary>The file; null for a job without files.</summary>
    public string? FileName { get; init; }

    /// <summary>The file alone, or all files of its fileset in the order of the lists.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>When the file was changed last, in units of 100 ns since 1970; null where it does not matter.</summary>
    public long? Mtime { get; init; }

    /// <summary>What the work is known by in its watch.</summary>
    public WorkKey Key => FileName is null ? new WorkKey(Index, $"/{List}") : new WorkKey(Index, FileName);
}
