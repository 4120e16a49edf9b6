using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Rules;

/// <summary>Takes in jobs as other nodes know them (docs/SPECIFICATION.md#conflicts).</summary>
internal sealed class Merging(LedgerState state, Killing killing, Running running, UnassignedCopies unassigned, OriginalNodeReruns reruns)
{
    /// <summary>Takes in one copy; true when anything of it was taken over.</summary>
    public bool Merge(Job theirs, Moment now)
    {
        if (theirs.Node is null)
        {
            return unassigned.Merge(theirs, now);
        }

        var isTaken = MergeAssigned(theirs, now);
        if (state.Jobs.TryFind(theirs.Id, out var entry))
        {
            reruns.Consider(entry, now);
        }

        return isTaken;
    }

    private bool MergeAssigned(Job theirs, Moment now)
    {
        if (!state.Jobs.TryFind(theirs.Id, out var entry))
        {
            if (state.Jobs.Departed.Find(theirs) is not { } departed)
            {
                Take(theirs, now);
                return true;
            }

            if (theirs.HasEnded && !Conflict.IsNewer(theirs, departed))
            {
                return false;
            }

            // Its end is in the history. It comes back so that whoever takes it for alive hears of that.
            entry = state.Jobs.Put(departed, now);
            entry.Recorded = true;
        }

        if (IsConfiguration(theirs) != IsConfiguration(entry.Job) && Conflict.AreOfOneSubmission(theirs, entry.Job))
        {
            // Whether a job is a configuration was judged by its pool, when it came.
            return false;
        }

        switch (Conflict.Decide(entry.Job, theirs, state.Settings.Name, entry.Run is not null))
        {
            case Verdict.Take:
                Take(theirs, now);
                return true;
            case Verdict.Supersede:
                Supersede(entry);
                Take(theirs, now);
                return true;
            case Verdict.TakeWishes:
                return TakeWishes(entry, theirs, now);
            case Verdict.TakeLife:
                state.Record(state.Combine(entry, Conflict.WithWishes(theirs, entry.Job), theirs, now));
                return true;
            case Verdict.Kill:
                Kill(entry, theirs, now);
                return true;
            case Verdict.Keep:
                return false;
            default:
                throw new InvalidOperationException("An unknown verdict about a copy of a job.");
        }
    }

    private static bool IsConfiguration(Job job) => job.Pool is NodeSettings.ConfigPool;

    private void Take(Job theirs, Moment now)
    {
        var sameSubmission = state.Jobs.TryFind(theirs.Id, out var known) && Conflict.AreOfOneSubmission(known.Job, theirs);
        var entry = state.Jobs.Put(theirs, now);

        // We may not have seen it alive since it was sent off anew.
        entry.Recorded &= sameSubmission && !theirs.IsLive;
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
        else if (Conflict.IsGuess(job))
        {
            // Whoever took it for lost was right, and now its node says so.
            state.Record(state.Change(entry, job with { Active = false, Error = job.State is JobState.Killed ? null : Running.CrashError }, now));
        }
        else if (job.Active != (job.State is JobState.New && state.Jobs.IsHere(job)))
        {
            state.Record(state.Change(entry, job with { Active = !job.Active }, now));
        }
    }

    // Ours becomes the newer copy, so that the others learn what has come of the job. Those that keep theirs all the same are told once, and
    // again when there is news: several of them would answer each other through us for ever.
    private bool TakeWishes(JobEntry entry, Job theirs, Moment now)
    {
        if (IsMereDisagreement(entry, theirs))
        {
            var isTold = entry.Disagreed > 0;
            entry.Disagreed = Math.Max(entry.Disagreed, theirs.Ts);
            if (isTold)
            {
                return false;
            }
        }

        entry = state.Combine(entry, Conflict.WithWishes(entry.Job, theirs), theirs, now);
        if (theirs.State is JobState.Killed)
        {
            entry = killing.Kill(entry, now);
        }

        if (entry.Run is { } run)
        {
            running.SetLimit(run, entry.Job);
        }

        return true;
    }

    // Of the run here, by somebody who will keep his copy and asks for nothing.
    private static bool IsMereDisagreement(JobEntry entry, Job theirs) => entry.Run is not null
        && !(theirs.State is JobState.Killed && entry.Job.IsLive)
        && Conflict.IsBeyondAnswer(theirs, entry.Job)
        && Conflict.HaveSameWishes(theirs, entry.Job);

    private void Kill(JobEntry entry, Job theirs, Moment now)
    {
        if (entry.Job.Node == state.Settings.Name)
        {
            _ = killing.Kill(entry, now);
            return;
        }

        var further = Conflict.IsNewer(theirs, entry.Job) ? theirs : entry.Job;
        entry = state.Combine(entry, further with { State = JobState.Killed, Active = true, Error = null }, theirs, now);
        Settle(entry, now);
    }

    // Its process still has to go; until then no other run of the job may start here.
    private void Supersede(JobEntry entry)
    {
        state.Stop(entry.Run!, StopReason.Superseded);
        entry.Stale = entry.Run;
        entry.Run = null;
        entry.Disagreed = 0;
    }
}
