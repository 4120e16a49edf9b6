using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Writes checkpoints of all changes, at intervals and at the stop of the box.</summary>
/// <remarks>The journal up to a checkpoint is deleted once the checkpoint is on disk and the history has all ends of runs in it.</remarks>
/// <param name="file">The state file.</param>
/// <param name="tombstones">The file of the removed jobs.</param>
/// <param name="journal">The files of the journal.</param>
/// <param name="host">Its core has the jobs.</param>
/// <param name="history">Has the ends of runs before a part of the journal is deleted.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives failures.</param>
internal sealed class Checkpointer(
    StateFile file, TombstoneFile tombstones, JournalFiles journal, CoreHost host, History history, TimeProvider time, ILogger log)
    : IDisposable
{
    // The least of PeriodicTimer.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan HistoryTime = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer = new(TimerLimit.Longest, time);
    private readonly CancellationTokenSource _completing = new();
    private long _savedSeq = -1;
    private LastCheckpoint _last;
    private long _lastAt;

    // False before the first checkpoint. Until then, the files may have jobs that the core does not have.
    private bool _isRestored;

    /// <summary>Interval of the checkpoints; zero for none but the last.</summary>
    public TimeSpan Interval
    {
        set => _timer.Period = value == TimeSpan.Zero
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromTicks(Math.Max(value.Ticks, Shortest.Ticks)).ForTimer();
    }

    /// <summary>
    /// Saves at each interval, or more rarely when the table is large. A failure is logged, and the next interval tries again.
    /// </summary>
    public async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            if (_last.AllowsNext(time.GetElapsedTime(_lastAt), host.Journaled is 0 ? null : journal.Length))
                await SaveAsync();
        }
    }

    /// <summary>Ends <see cref="RunAsync"/>.</summary>
    public void Complete()
    {
        _timer.Dispose();
        _completing.Cancel();
    }

    /// <summary>Saves now if anything has changed, and deletes the part of the journal that the checkpoint covers.</summary>
    /// <remarks>The first call saves all restored jobs, so that the journals from before the restart can be deleted.</remarks>
    public async Task SaveAsync()
    {
        _isRestored = true;
        var savedTombstone = tombstones.Saved;
        var checkpoint = host.TakeCheckpoint(_savedSeq, savedTombstone);
        if (checkpoint.Jobs is not { } jobs)
            return;

        try
        {
            await checkpoint.Rotated.WaitAsync(_completing.Token);
        }
        catch (OperationCanceledException)
        {
            // The journal cannot rotate on a full disk. The box stops and saves for the last time.
            return;
        }

        var written = history.WrittenAsync(history.Added);
        var begin = time.GetTimestamp();
        var length = 0L;
        _last = default;
        if (TrySave(checkpoint, savedTombstone, () => length = file.Save(jobs)))
        {
            (_savedSeq, _lastAt) = (checkpoint.Seq, time.GetTimestamp());
            _last = new LastCheckpoint(length, time.GetElapsedTime(begin, _lastAt));
            await written.WaitAsync(HistoryTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (written.IsCompletedSuccessfully)
                _ = TryWrite(file.Path, journal.DropPrevious);
        }
    }

    /// <summary>Saves for the last time, after the end of journal and history; not before the first checkpoint.</summary>
    /// <returns>False on failure; the log has the cause.</returns>
    public bool TrySaveLast()
    {
        if (!_isRestored)
            return true;

        var isNew = host.Seq != _savedSeq;
        var canDropJournal = history.WrittenAsync(history.Added).IsCompletedSuccessfully;
        var savedTombstone = tombstones.Saved;
        var checkpoint = host.TakeCheckpoint(canDropJournal ? -1 : _savedSeq, savedTombstone);
        var jobs = canDropJournal ? checkpoint.Jobs?.Select(WithoutSeq).ToList() : checkpoint.Jobs;
        return (jobs is null || TrySave(checkpoint, savedTombstone, () => file.Save(jobs)) || !isNew)
            && (!canDropJournal || TryWrite(file.Path, journal.DropAll));
    }

    // The tombstones first: once the state file is replaced, and the journal deleted, no other file has the removed jobs.
    private bool TrySave(Checkpoint checkpoint, long savedTombstone, Action saveJobs) =>
        TryWrite(tombstones.Path, () => tombstones.Save(savedTombstone, checkpoint.Removed, checkpoint.Tombstone))
        && TryWrite(file.Path, saveJobs);

    // For a downgrade to the original, which counts its changes from 1 at each start, whatever its state file has. Its head would ask for
    // changes after the highest number in that file, and miss all below it. No journal is left that needs the numbers here.
    private static Job WithoutSeq(Job job) => job with { Seq = 0 };

    public void Dispose()
    {
        _timer.Dispose();
        _completing.Dispose();
    }

    private bool TryWrite(string path, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            log.Error("checkpoint failed: {File}: {Problem}", path, FileProblem.Reason(path, problem));
            return false;
        }
    }
}
