using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>
/// Ends of jobs at a box of the original after which a job may run again: each counts once the job has stayed so for a while.
/// </summary>
/// <remarks>
/// The versions differ in what they run again: in February 2022 <c>resubmit</c> alone does nothing. A job whose end never counted would
/// leave the
/// box by and by, and be submitted once more.
/// </remarks>
/// <param name="timeout">How long a job must have stayed so.</param>
/// <param name="time">The clock.</param>
internal sealed class DoubtfulEnds(TimeSpan timeout, TimeProvider time)
{
    private readonly Dictionary<string, (double Ts, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether the state of a job counts now.</summary>
    public bool Counts(Job job)
    {
        var isDoubtful = LegacyBox.WillRunAgain(job);
        if (isDoubtful && !(_seen.TryGetValue(job.Id, out var seen) && seen.Ts == job.Ts))
        {
            _seen[job.Id] = (job.Ts, time.GetTimestamp());
            return false;
        }

        if (isDoubtful && time.GetElapsedTime(_seen[job.Id].Since) < timeout)
        {
            return false;
        }

        _ = _seen.Remove(job.Id);
        return true;
    }
}
