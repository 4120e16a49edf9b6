using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Rules;

/// <summary>Takes in jobs as other nodes know them (SPEC.md §7).</summary>
internal sealed class Merging(LedgerState state, Killing killing, Running running)
{
    /// <summary>Takes in one copy; true when anything of it was taken over.</summary>
    public bool Merge(Job theirs, Moment now)
    {
        if (!state.Jobs.TryFind(theirs.Id, out var entry))
        {
            // A job without a node belongs to the node that looks for one: it must not spread.
            if (theirs.Node is null)
            {
                return false;
            }

            Take(theirs, now);
            return true;
        }

        switch (Conflict.Decide(entry.Job, theirs, state.Settings.Name, entry.Run is not null))
        {
            case Verdict.Take:
                Take(theirs, now);
                return true;
            case Verdict.Supersede:
                state.Stop(entry.Run!, StopReason.Superseded);
                entry.Run = null;
                Take(theirs, now);
                return true;
            case Verdict.TakeWishes:
                return TakeWishes(entry, theirs, now);
            case Verdict.Insist:
                _ = state.Change(entry, entry.Job, now, after: theirs);
                return false;
            case Verdict.Keep:
                return false;
            default:
                throw new InvalidOperationException("An unknown verdict about a copy of a job.");
        }
    }

    private void Take(Job theirs, Moment now)
    {
        var entry = state.Jobs.Put(theirs, now);
        if (theirs is { State: JobState.New, EndTs: not null } && theirs.StartCount + theirs.FailCount + theirs.Epoch > 0)
        {
            // It is about to run again after an end: the pause counts from when we heard of it, since clocks differ.
            entry.NotBefore = now.Steady + (state.Settings.Pool(theirs.Pool)?.RestartDelay ?? 1);
            state.Jobs.Refresh(entry, now);
        }

        Settle(entry, now);
        state.Record(entry);
    }

    /// <summary>Brings a job that was put into the table from outside in step with what this node knows of itself.</summary>
    public void Settle(JobEntry entry, Moment now)
    {
        var job = entry.Job;
        if (job.Node != state.Settings.Name || entry.Run is not null)
        {
            return;
        }

        if (job.State is JobState.Running || (job.State is JobState.Killed && job.Active))
        {
            running.Crashed(entry, now);
        }
        else if (job.Active != (job.State is JobState.New && state.Jobs.IsHere(job)))
        {
            _ = state.Change(entry, job with { Active = !job.Active }, now);
        }
    }

    private bool TakeWishes(JobEntry entry, Job theirs, Moment now)
    {
        var wished = Conflict.WithWishes(entry.Job, theirs);
        var killed = theirs.State is JobState.Killed && entry.Job.IsLive;
        var changed = killed || !ReferenceEquals(wished, entry.Job);

        // Ours becomes the newer copy in any case, so that the others learn what has come of the job.
        entry = state.Change(entry, wished, now, after: theirs);
        entry = killed ? killing.Kill(entry, now) : entry;
        running.SetLimit(entry.Run!, entry.Job);
        return changed;
    }
}
