using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Carries out what is due by time (docs/SPECIFICATION.md#expiry). The shell needs one timer, for the earliest deadline.</summary>
internal sealed class DeadlineScheduler(NodeCoreState state, RunLifecycle runLifecycle, ExpiryPolicy expiry, LegacyNodeReruns reruns)
{
    // In seconds: with a span of 0, the timer would fire without a pause.
    private const double ShortestSpan = 0.001;

    /// <summary>The earliest deadline, in monotonic seconds; null when there is none.</summary>
    public double? Next()
    {
        var (settings, lists) = (state.Settings, state.Jobs.Deadlines);
        var next = double.PositiveInfinity;
        Consider(End(lists.Ended.First, settings.Expire));
        Consider(settings.ExpireActiveJobs ? End(lists.AtWorkElsewhere.First, settings.Expire) : null);
        Consider(End(lists.WaitingElsewhere.First, settings.Timeout));
        Consider(End(lists.LeasedToLegacy.First, settings.Timeout));
        Consider(state.Jobs.NextDelayed);
        Consider(state.Runs.NextLimit);
        Consider(state.Nodes.NextTimeout(settings.Timeout));
        if (state.HeadsWithoutLease > 0)
        {
            foreach (var (live, update) in JobsToRefresh())
                Consider(End(live.First, update));
        }

        return double.IsFinite(next) ? next : null;

        void Consider(double? time) => next = Math.Min(next, time ?? next);
    }

    /// <summary>Carries out everything that is due.</summary>
    public void Tick(Instant now)
    {
        var (settings, lists) = (state.Settings, state.Jobs.Deadlines);
        foreach (var entry in Due(lists.Ended, settings.Expire, now))
            RemoveEnded(entry);

        if (settings.ExpireActiveJobs)
        {
            foreach (var entry in Due(lists.AtWorkElsewhere, settings.Expire, now))
                expiry.Expire(entry, now);
        }

        foreach (var entry in Due(lists.WaitingElsewhere, settings.Timeout, now))
        {
            if (state.Nodes.Find(entry.Job.Status.Node!) is null)
            {
                // Its node is not downstream. Resent upstream again and again, the job would run again once all other nodes have removed it
                // after its end.
                DeadlineLists.Leave(entry);
                continue;
            }

            // Resent without a new stamp: nothing has changed, so the copy must not win over later ones.
            _ = state.Jobs.Upsert(entry.Job, now);
        }

        foreach (var entry in Due(lists.LeasedToLegacy, settings.Timeout, now))
        {
            // The job may have ended and been removed below while the link was down. Its node reports that end only when it receives the
            // job again.
            state.Peers.OfferAgain(entry);
            state.Jobs.Postpone(entry, now);
        }

        foreach (var (live, update) in JobsToRefresh())
        {
            foreach (var entry in Due(live, update, now))
                _ = state.ApplyLocal(entry, entry.Job, now);
        }

        foreach (var entry in state.Jobs.ReleaseDelayed(now))
            reruns.Consider(entry, now);

        runLifecycle.StopOverdue(now);
        state.Nodes.TimeOut(settings.Timeout, now);
    }

    // The live jobs of this node, while a head does not accept the status of this node as a lease on them.
    private IEnumerable<(IntrusiveList Live, double Update)> JobsToRefresh() =>
        from name in state.HeadsWithoutLease > 0 ? state.Settings.Pools.Keys.Append(NodeSettings.ConfigPool) : []
        let live = state.Jobs.Queue(state.Settings.Name, name)?.Live
        where live is not null
        select (live, state.Settings.Pool(name)!.Update);

    // Each list is in the order of the last touch, so that its first entry is due first. The caller removes each entry, or touches it,
    // which moves it to the end.
    private static IEnumerable<JobEntry> Due(IntrusiveList list, double span, Instant now)
    {
        while (list.First is { } entry && End(entry, span) <= now.Monotonic)
            yield return entry;
    }

    private static double? End(JobEntry? entry, double span) => entry?.TouchedAt + Math.Max(span, ShortestSpan);

    private void RemoveEnded(JobEntry entry)
    {
        if (!entry.IsEndRecorded)
            state.Effects.AddEndedJob(entry.Job);

        state.Jobs.Remove(entry);
    }
}
