using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>What a watch has to do now.</summary>
public sealed class Plan
{
    /// <summary>What is to be submitted, in order.</summary>
    public List<WorkItem> Due { get; } = [];

    /// <summary>Files that are to be marked as done, because there is nothing to do for them.</summary>
    public List<WorkKey> Marks { get; } = [];

    /// <summary>Files whose time of change is to be noted, because they were processed before the watch asked for it.</summary>
    public List<(WorkKey Key, long Mtime)> Notes { get; } = [];

    /// <summary>
    /// Files for which nothing is left to be done as long as they stand where the last step is theirs, and neither they nor their status files change: where each
    /// stands in <see cref="FolderSnapshot.Files"/>, and its list. Who keeps the files may note it in <see cref="WatchedFile.FinishedInList"/>, so that the next plan costs what has changed.
    /// </summary>
    public List<(int Position, int List)> Finished { get; } = [];

    /// <summary>When something may become due that is not now, in units of 100 ns since 1970; null: never without news from the folder or of a job.</summary>
    public long? NextDue { get; private set; }

    /// <summary>The decisions, when they were asked for.</summary>
    public List<FileExplanation>? Explanations { get; init; }

    /// <summary>Takes note that something may become due.</summary>
    internal void ScheduleAt(long time) => NextDue = NextDue is { } known && known <= time ? known : time;
}
