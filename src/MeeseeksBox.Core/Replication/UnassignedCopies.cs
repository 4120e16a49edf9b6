using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>
/// Copies of jobs that have no node: submits and changes by clients of the original that keep the jobs themselves
/// (docs/SPECIFICATION.md#submit-by-sync).
/// </summary>
/// <remarks>
/// Such a client (the cached <c>Client</c>, <c>Job</c> objects, the watcher) makes a job in its own table and sends it with <c>sync</c>. It
/// sends all of its copies again after each reconnect, and every 60 s those that have not started as far as it knows. A node never
/// sends one.
/// </remarks>
internal sealed class UnassignedCopies(NodeCoreState state, SubmitRules submitting, KillRules killing, RunLifecycle running)
{
    private readonly List<JobEntry> _adopted = [];

    /// <summary>Gives this node to the jobs that were taken since the last call and that no other node has room for.</summary>
    /// <remarks>
    /// As the original does. The client receives only jobs with a node, and takes a job without one for lost after <c>expire</c>. A job
    /// on a node without its pool is still routed as soon as there is room.
    /// </remarks>
    public void KeepUnrouted(Instant now)
    {
        foreach (var entry in _adopted.Where(entry => entry.Job is { Node: null, IsLive: true }))
        {
            var here = entry.Job with { Node = state.Settings.Name };
            _ = state.ApplyLocal(entry, here with { Active = state.Jobs.IsHere(here) }, now);
        }

        _adopted.Clear();
    }

    /// <summary>Takes in one copy; true when anything of it was taken over.</summary>
    public bool Merge(Job theirs, Instant now)
    {
        if (!state.Jobs.TryFind(theirs.Id, out var entry))
        {
            if (state.Jobs.Tombstones.Find(theirs) is not { } tombstone)
            {
                return theirs.State is JobState.New && Adopt(theirs, null, now);
            }

            // Its end is in the history. It comes back so that the client receives that end.
            entry = state.Jobs.Upsert(tombstone, now);
            entry.IsEndRecorded = true;
        }

        var ours = entry.Job;
        if (theirs.Pool != ours.Pool)
        {
            return false;
        }

        var isLater = theirs.Ts > ours.Ts;
        if (isLater && theirs.State is JobState.New && ours.HasEnded && theirs.SubmitTs > ours.SubmitTs)
        {
            return Adopt(theirs, entry, now);
        }

        if (theirs.SubmitTs < ours.SubmitTs || theirs.Epoch < ours.Epoch)
        {
            // It is a copy of a job that was sent off anew since.
            return isLater && Answer(entry, ours, theirs, now);
        }

        if (isLater && theirs.State is JobState.New && ours.HasEnded && theirs.EndTs is not null && theirs.EndTs == ours.EndTs)
        {
            entry.NotBefore = 0;
            return Answer(entry, RestartPolicy.RestartedManually(ConflictResolver.WithSpecOf(ours, theirs)), theirs, now);
        }

        var isKill = theirs.State is JobState.Killed && ours.IsLive;
        if (!isLater && !isKill)
        {
            return false;
        }

        _ = Answer(entry, isLater ? ConflictResolver.WithSpecOf(ours, theirs) : ours, theirs, now);
        if (isKill)
        {
            _ = killing.Kill(entry, now);
        }

        return true;
    }

    private bool Adopt(Job theirs, JobEntry? known, Instant now)
    {
        if (submitting.Adopt(theirs, known, now) is not { } entry)
        {
            return false;
        }

        _adopted.Add(entry);
        return true;
    }

    // Stamped later than the copy of the client, which takes no other.
    private bool Answer(JobEntry entry, Job answer, Job theirs, Instant now)
    {
        state.RecordEnd(state.ApplyMerged(entry, answer, theirs, now));
        if (entry.Run is { } run)
        {
            running.SetLimit(run, entry.Job);
        }

        return true;
    }
}
