using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Foundation.Unix;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Brakes and reports jobs of one watch that cause each other (docs/SPECIFICATION.md#brake).</summary>
/// <param name="settings">The watch.</param>
/// <param name="folderOf">The folder in which the file of work is: a file of another folder at its path is another one.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class LoopGuard(WatchSettings settings, Func<WorkKey, FileId?> folderOf, TimeProvider time, ILogger log)
{
    // A file that comes twice is common.
    private const int ReportedRepeats = 2;

    // Names of a few files in a row may grow by chance: x, x.1, x.1.2.
    private const int ReportedChain = 5;

    private readonly RunBrake<(FileId? Folder, WorkKey Key)> _brake = new(settings.Refresh);
    private readonly ChainDetector _chains = new(settings.Refresh);
    private readonly HashSet<WorkKey> _reported = [];
    private bool _isChainReported;

    // Monotonic, because the wall clock may be set.
    private long Now => time.MonotonicTicks();

    /// <summary>The time until more work is ready; null when nothing waits.</summary>
    public TimeSpan? UntilReady { get; private set; }

    /// <summary>The work that is due and may start now.</summary>
    /// <param name="due">The work that is due.</param>
    /// <param name="status">The table of status files.</param>
    public IEnumerable<WorkItem> ReadyOf(IEnumerable<WorkItem> due, StatusTable status)
    {
        UntilReady = null;
        foreach (var work in due)
        {
            var rest = RestOf(work, status);
            if (rest == TimeSpan.Zero)
                yield return work;
            else if (!(UntilReady < rest))
                UntilReady = rest;
        }
    }

    /// <summary>The time until work must wait that is due; 0 when it may start.</summary>
    /// <param name="work">The work.</param>
    /// <param name="status">The table of status files.</param>
    public TimeSpan RestOf(WorkItem work, StatusTable status)
    {
        var known = status[work.Key];
        var key = (folderOf(work.Key), work.Key);

        // The planner reads the time of the failure, which may be of another clock.
        if (known.Result is StatusState.Failed && !known.IsChanged(work.Index, work.Mtime))
            return _brake.RestAfterFailure(key, Now, PauseAfter(known.Failures));
        var rest = _brake.RestOf(key, Now);
        if (rest > TimeSpan.Zero && _brake.RepeatsOf(key) >= ReportedRepeats && _reported.Add(work.Key))
        {
            log.Warning(
                "{File} of watch {Watch} comes or changes again as soon as its job has ended, perhaps by its job; "
                + "it is run at most once in {Refresh} s (refresh); the same is not logged again",
                work.FileName,
                settings.Name,
                settings.Refresh.TotalSeconds);
        }

        return rest;
    }

    /// <summary>Lets work start at once, because a person wants it.</summary>
    public void Release(WorkKey key) => _brake.Release((folderOf(key), key));

    /// <summary>Records the start of a job.</summary>
    public void AddStart(WorkItem work)
    {
        if (work.Index > 0 || _chains.AddStart(work.FileName!, Now) < ReportedChain || _isChainReported)
            return;
        _isChainReported = true;
        log.Warning(
            "{File} of watch {Watch} is the last of a chain: each file came while the job of the one before ran, "
            + "with its name and more text; jobs must write into another folder, or under names that no glob matches; "
            + "the same is not logged again",
            work.FileName,
            settings.Name);
    }

    /// <summary>Records the end of a job with a result.</summary>
    /// <param name="work">The work.</param>
    /// <param name="folder">The folder of its file, wherever that is now.</param>
    /// <param name="failures">How often it has failed in a row; 0 when it has not.</param>
    public void AddEnd(WorkItem work, FileId? folder, int failures)
    {
        _brake.AddEnd((folder, work.Key), Now, failures > 0 ? PauseAfter(failures) : TimeSpan.Zero);
        if (work.Index == 0)
            _chains.AddEnd(work.FileName!, Now);
    }

    private TimeSpan PauseAfter(int failures) => settings.Retry.PauseAfter(Math.Max(failures, 1));
}
