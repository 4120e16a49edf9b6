using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>
/// Saves the jobs to the state file every so often when something has changed, and at the stop of the box. The journal up to then is dropped
/// when that is done and the history has all the endings in it.
/// </summary>
internal sealed class Checkpointer(StateFile file, JournalFiles journal, CoreHost host, History history, TimeProvider time, ILogger log) : IDisposable
{
    // What a timer can do.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly TimeSpan HistoryTime = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer = new(Longest, time);
    private long _savedSeq = -1;

    /// <summary>How often it is looked whether something is to be saved; zero for never.</summary>
    public TimeSpan Interval
    {
        set => _timer.Period = value == TimeSpan.Zero
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromTicks(Math.Clamp(value.Ticks, Shortest.Ticks, Longest.Ticks));
    }

    /// <summary>One turn: wait for the interval, save if there is anything new. A failure is said, and tried again at the next turn.</summary>
    public async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            await SaveAsync();
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> end.</summary>
    public void Complete() => _timer.Dispose();

    /// <summary>Saves now, unless nothing has changed, and drops what is not needed any more of the journal.</summary>
    public async Task SaveAsync()
    {
        var (jobs, seq, rotated) = host.TakeCheckpoint(_savedSeq);
        if (jobs is null)
        {
            return;
        }

        await rotated;
        var written = history.WrittenAsync(history.Added);
        if (TryWrite(() => file.Save(jobs)))
        {
            _savedSeq = seq;
            await written.WaitAsync(HistoryTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (written.IsCompletedSuccessfully)
            {
                _ = TryWrite(journal.DropPrevious);
            }
        }
    }

    /// <summary>Saves for the last time, when the journal and the history have ended. False when it could not be done; the log says why.</summary>
    public bool TrySaveLast()
    {
        var isNew = host.Seq != _savedSeq;
        var canDropJournal = history.WrittenAsync(history.Added).IsCompletedSuccessfully;
        var (jobs, _, _) = host.TakeCheckpoint(canDropJournal ? -1 : _savedSeq);
        if (canDropJournal)
        {
            jobs = jobs?.Select(WithoutSeq).ToList();
        }

        return (jobs is null || TryWrite(() => file.Save(jobs)) || !isNew) && (!canDropJournal || TryWrite(journal.DropAll));
    }

    // The original counts its changes from 1 at each start, whatever its state file says. A head above it would ask for changes after the
    // highest number in that file, and miss all until the count has passed it. No journal is left that needs the numbers here.
    private static Job WithoutSeq(Job job) => job with { Seq = 0 };

    public void Dispose() => _timer.Dispose();

    private bool TryWrite(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            log.Error("the state could not be saved: {Problem} It is tried again at the next checkpoint", problem.Message);
            return false;
        }
    }
}
