using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Rules;

/// <summary>What happens because time passes (SPEC.md §4). One deadline is told to the shell: the earliest of all.</summary>
internal sealed class Deadlines(LedgerState state, Running running)
{
    /// <summary>When something is due, by the steady clock; null when nothing ever is.</summary>
    public double? Next()
    {
        var settings = state.Settings;
        var next = double.PositiveInfinity;
        Consider(state.Jobs.Ended.First?.Touched + settings.Expire);
        Consider(settings.ExpireActiveJobs ? state.Jobs.AtWorkElsewhere.First?.Touched + settings.Expire : null);
        Consider(state.Jobs.WaitingElsewhere.First?.Touched + settings.Timeout);
        Consider(state.Jobs.NextDelayed);
        Consider(state.Runs.NextLimit);
        Consider(state.Nodes.NextTimeout(settings.Timeout));
        foreach (var (name, pool) in settings.Pools)
        {
            Consider(state.Jobs.Queue(settings.Name, name)?.Live.First?.Touched + pool.Update);
        }

        return double.IsFinite(next) ? next : null;

        void Consider(double? time) => next = Math.Min(next, time ?? next);
    }

    /// <summary>Does all that is due.</summary>
    public void Tick(Moment now)
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
                Expire(entry, now);
            }
        }

        foreach (var entry in Due(state.Jobs.WaitingElsewhere, settings.Timeout, now))
        {
            _ = state.Change(entry, entry.Job, now);
        }

        foreach (var (name, pool) in settings.Pools)
        {
            if (state.Jobs.Queue(settings.Name, name)?.Live is { } live)
            {
                foreach (var entry in Due(live, pool.Update, now))
                {
                    _ = state.Change(entry, entry.Job, now);
                }
            }
        }

        state.Jobs.EndPauses(now);
        running.StopOverdue(now);
        state.Nodes.TimeOut(settings.Timeout, now);
    }

    // Each list is in the order of the last touch, so what is due stands at its head; handling an entry takes it off or moves it to the end,
    // touched now, which must not make it due once more.
    private static IEnumerable<JobEntry> Due(EntryList list, double span, Moment now)
    {
        while (list.First is { } entry && entry.Touched + span <= now.Steady && entry.Touched < now.Steady)
        {
            yield return entry;
        }
    }

    private void Leave(JobEntry entry)
    {
        if (!entry.Recorded)
        {
            state.News.Ended(entry.Job);
        }

        state.Jobs.Remove(entry);
    }

    // Nothing was heard of it for too long: its node has lost it, or we have lost the node.
    private void Expire(JobEntry entry, Moment now)
    {
        var job = entry.Job;
        var failed = job with { State = JobState.Failed, Error = "expired", FailCount = job.FailCount + 1, Active = false, Pid = null, EndTs = now.Wall };
        entry.NotBefore = 0;
        if (job.SubmitNode == state.Settings.Name || job.SubmitNode == job.Node)
        {
            if (Rerun.After(failed) is { } again)
            {
                state.News.Ended(failed);
                _ = state.Change(entry, again with { Node = Elsewhere(job), Epoch = job.Epoch + 1 }, now);
                return;
            }
        }

        state.Record(state.Change(entry, failed, now));
    }

    // SPEC.md §7: pinned, it waits for its node; with a list, the first of it that is online; otherwise it is routed anew.
    private string? Elsewhere(Job job) => job.Nodes is { Length: > 0 } list
        ? list.FirstOrDefault(name => name == state.Settings.Name || state.Nodes.Find(name)?.Status.Online is true) ?? list[0]
        : job.SubmitNode == job.Node ? job.Node
        : null;
}
