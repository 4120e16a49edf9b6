using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Rules;

/// <summary>Two copies of a job: which holds (SPEC.md §7).</summary>
internal static class Conflict
{
    /// <summary>Decides about a copy that another node sent.</summary>
    /// <param name="ours">The job as it is known here.</param>
    /// <param name="theirs">The job as it came.</param>
    /// <param name="here">The name of this node.</param>
    /// <param name="runsHere">True while a run of it is under way on this node.</param>
    public static Verdict Decide(Job ours, Job theirs, string here, bool runsHere)
    {
        if (!IsNewer(theirs, ours))
        {
            return Verdict.Keep;
        }

        if (theirs.Epoch > ours.Epoch || ours.Node != here)
        {
            return runsHere ? Verdict.Supersede : Verdict.Take;
        }

        // From here on it is the same sending-off of the job, and it was sent to us: what has become of it here is for us to say.
        return (runsHere, theirs.Node == here) switch
        {
            (true, true) => Verdict.TakeWishes,
            (true, false) => Verdict.Supersede,
            (false, _) when ours.HasEnded && theirs.State is JobState.Killed => Verdict.Insist,
            (false, _) when theirs.IsLive && theirs.StartCount < ours.StartCount => Verdict.Insist,
            _ => Verdict.Take,
        };
    }

    /// <summary>
    /// True when a copy is to win over another by what stands in it alone. A total order over different copies, so that all nodes that have
    /// seen the same copies agree, whatever the order in which they came.
    /// </summary>
    public static bool IsNewer(Job copy, Job than)
    {
        var order = copy.Epoch.CompareTo(than.Epoch);
        order = order is not 0 ? order : copy.Ts.CompareTo(than.Ts);
        order = order is not 0 ? order : copy.State.CompareTo(than.State);
        order = order is not 0 ? order : copy.StartCount.CompareTo(than.StartCount);
        return (order is not 0 ? order : string.CompareOrdinal(copy.Node, than.Node)) > 0;
    }

    /// <summary>The job with all that a submitter may change as it stands in another copy.</summary>
    public static Job WithWishes(Job job, Job from)
    {
        foreach (var key in JobKeys.All)
        {
            if (key.Role is JobKeyRole.Spec && key.Name is not "pool" && key.Canonical(from) != key.Canonical(job))
            {
                job = key.Copy(from, job);
            }
        }

        return job;
    }
}
