using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>
/// What happens because time passes (docs/SPECIFICATION.md#expiry). One deadline is told to the shell: the earliest of all.
/// </summary>
internal sealed class DeadlineScheduler(NodeCoreState state, RunLifecycle running, ExpiryPolicy expiry, LegacyNodeReruns reruns)
{
    // In seconds: a span of 0 must not make the node turn without a pause.
    private const double ShortestSpan = 0.001;

    /// <summary>When something is due, by the steady clock; null when nothing ever is.</summary>
    public double? Next()
    {
        var settings = state.Settings;
        var next = double.PositiveInfinity;
        Consider(End(state.Jobs.Ended.First, settings.Expire));
        Consider(settings.ExpireActiveJobs ? End(state.Jobs.AtWorkElsewhere.First, settings.Expire) : null);
        Consider(End(state.Jobs.WaitingElsewhere.First, settings.Timeout));
        Consider(End(state.Jobs.Leased.First, settings.Timeout));
        Consider(state.Jobs.NextDelayed);
        Consider(state.Runs.NextLimit);
        Consider(state.Nodes.NextTimeout(settings.Timeout));
        foreach (var (live, update) in LiveHere())
        {
            Consider(End(live.First, update));
        }

        return double.IsFinite(next) ? next : null;

        void Consider(double? time) => next = Math.Min(next, time ?? next);
    }

    /// <summary>Does all that is due.</summary>
    public void Tick(Instant now)
    {
        var settings = state.Settings;
        foreach (var entry in Due(state.Jobs.Ended, settings.Expire, now))
        {
            Leave(entry);
        }

        if (settings.ExpireActiveJobs)
        {
            foreach (var entry in Due(state.Jobs.AtWorkElsewhere, settings.Expire, now))
            {
                expiry.Expire(entry, now);
            }
        }

        foreach (var entry in Due(state.Jobs.WaitingElsewhere, settings.Timeout, now))
        {
            if (state.Nodes.Find(entry.Job.Node!) is null)
            {
                // Its node is not downstream, as far as we know. Sent upstream again and again, it would run again when all others have
                // seen its end and dropped it.
                JobTable.ClearDeadline(entry);
                continue;
            }

            // Sent again, but not stamped: nothing has changed, and it must not win over what has come of it meanwhile.
            _ = state.Jobs.Upsert(entry.Job, now);
        }

        foreach (var entry in Due(state.Jobs.Leased, settings.Timeout, now))
        {
            // Its end may have passed us by while we were cut off, and have been dropped below since: nobody would tell us of it unasked.
            state.Peers.OfferAgain(entry);
            state.Jobs.Postpone(entry, now);
        }

        foreach (var (live, update) in LiveHere())
        {
            foreach (var entry in Due(live, update, now))
            {
                _ = state.ApplyLocal(entry, entry.Job, now);
            }
        }

        foreach (var entry in state.Jobs.ReleaseDelayed(now))
        {
            reruns.Consider(entry, now);
        }

        running.StopOverdue(now);
        state.Nodes.TimeOut(settings.Timeout, now);
    }

    private IEnumerable<(IntrusiveList Live, double Update)> LiveHere()
    {
        var fallback = state.HeadCount > 0 ? PoolSettings.UpdateBelowHeads : double.PositiveInfinity;
        foreach (var name in state.Settings.Pools.Keys.Append(NodeSettings.ConfigPool))
        {
            if (state.Jobs.Queue(state.Settings.Name, name)?.Live is { } live)
            {
                yield return (live, state.Settings.Pool(name)!.Update ?? fallback);
            }
        }
    }

    // Each list is in the order of the last touch, so what is due stands at its head; handling an entry takes it off or moves it to the end,
    // touched now.
    private static IEnumerable<JobEntry> Due(IntrusiveList list, double span, Instant now)
    {
        while (list.First is { } entry && End(entry, span) <= now.Monotonic)
        {
            yield return entry;
        }
    }

    private static double? End(JobEntry? entry, double span) => entry?.TouchedAt + Math.Max(span, ShortestSpan);

    private void Leave(JobEntry entry)
    {
        if (!entry.IsEndRecorded)
        {
            state.Effects.AddEndedJob(entry.Job);
        }

        state.Jobs.Remove(entry);
    }
}
