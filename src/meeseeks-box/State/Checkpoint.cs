using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Saves the jobs to the state file every so often when something has changed, and at the stop of the box.</summary>
internal sealed class Checkpoint(StateFile file, StateKeeper state, TimeProvider time, ILogger log) : IDisposable
{
    // What a timer can do.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

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
            _ = TrySave();
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> end.</summary>
    public void Complete() => _timer.Dispose();

    /// <summary>Saves now, unless nothing has changed. False when it could not be done; the log says why.</summary>
    public bool TrySave()
    {
        var (jobs, seq) = state.Do((ledger, _) => ledger.Seq == _savedSeq ? (null, _savedSeq) : (ledger.Snapshot(), ledger.Seq));
        if (jobs is null)
        {
            return true;
        }

        try
        {
            file.Save(jobs);
            _savedSeq = seq;
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            log.Error("the state could not be saved: {Problem} It is tried again at the next checkpoint", problem.Message);
            return false;
        }
    }

    public void Dispose() => _timer.Dispose();
}
