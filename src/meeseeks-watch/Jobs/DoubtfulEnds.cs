using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Delays ends at a legacy box after which a job may run again.</summary>
/// <remarks>
/// An end counts once the job has kept it for a while. The versions of the original rerun different jobs: in February 2022,
/// <c>resubmit</c> alone has no effect. A job whose end never counted would expire in the box and be submitted again.
/// </remarks>
/// <param name="timeout">The time after which such an end counts.</param>
/// <param name="time">The source of the time.</param>
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
            return false;

        _ = _seen.Remove(job.Id);
        return true;
    }
}
