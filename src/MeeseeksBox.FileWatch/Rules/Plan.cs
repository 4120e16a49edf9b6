using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>The work of a watch that is due now.</summary>
public sealed class Plan
{
    /// <summary>The jobs to submit, in order.</summary>
    public List<WorkItem> Due { get; } = [];

    /// <summary>Files without a job, to be marked as done.</summary>
    public List<WorkKey> Marks { get; } = [];

    /// <summary>Files whose change time is to be recorded.</summary>
    /// <remarks>They were processed before the watch had <c>updated</c>.</remarks>
    public List<(WorkKey Key, long Mtime)> Notes { get; } = [];

    /// <summary>
    /// Files without work left: the index in <see cref="FolderSnapshot.Files"/>, and the list; -1 for files that the watch does not take.
    /// </summary>
    /// <remarks>
    /// It holds as long as the last step applies to their place, and neither they nor their status files change. The owner of the files
    /// may store it in <see cref="WatchedFile.FinishedInList"/>, so that the next plan costs only the changes.
    /// </remarks>
    public List<(int Position, int List)> Finished { get; } = [];

    /// <summary>The filesets that are not complete, and do not run.</summary>
    public List<WaitingSet> Waiting { get; } = [];

    /// <summary>Files that have come after their filesets had run.</summary>
    public List<LateFile> Late { get; } = [];

    /// <summary>The files of <see cref="SetHistory.Arrived"/> that the plan has looked at.</summary>
    public HashSet<string> Arrived { get; } = new(StringComparer.Ordinal);

    /// <summary>When the first file of each incomplete set was seen, for <see cref="SetHistory"/>.</summary>
    public Dictionary<string, long> WaitingSince { get; } = new(StringComparer.Ordinal);

    /// <summary>Files to be moved aside.</summary>
    public List<FileMove> Moves { get; } = [];

    /// <summary>
    /// The next time at which something may become due, in units of 100 ns since 1970; null when only a change can make it due.
    /// </summary>
    public long? NextDue { get; private set; }

    /// <summary>The decisions with their reasons; null when they were not requested.</summary>
    public List<FileExplanation>? Explanations { get; init; }

    /// <summary>Whether more would be due without a limit of jobs.</summary>
    public bool IsLimited { get; internal set; }

    /// <summary>Whether the decisions about finished files are among the <see cref="Explanations"/>.</summary>
    public bool ExplainsFinished { get; init; }

    /// <summary>Lowers <see cref="NextDue"/> to a time.</summary>
    internal void ScheduleAt(long time) => NextDue = NextDue is { } known && known <= time ? known : time;
}
