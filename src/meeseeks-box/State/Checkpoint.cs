using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Saves the jobs to the state file every so often when something has changed, and at the stop of the box.</summary>
internal sealed class Checkpoint(StateFile file, StateKeeper state, TimeProvider time, ILogger log)
{
    private long _savedSeq = -1;

    /// <summary>One turn: wait for the interval, save if there is anything new. A failure is said, and tried again at the next turn.</summary>
    /// <param name="interval">How long to wait; asked at every turn, because a new configuration may change it.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Func<TimeSpan> interval, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(interval(), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
            {
                _ = TrySave();
            }
        }
    }

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
}
