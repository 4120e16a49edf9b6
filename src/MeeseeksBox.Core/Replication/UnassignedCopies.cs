using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Merges copies that are wishes, as those without a node, of legacy clients (docs/SPECIFICATION.md#submit-by-sync).</summary>
/// <remarks>
/// Such a client (the cached <c>Client</c>, <c>Job</c> objects, the watcher of the original) makes a job in its own table and sends it with
/// <c>sync</c>. It sends all its copies again after each reconnect. Every 60 s it resends those that have not started as far as it has
/// received. A node never sends a copy without a node. All copies of a client with the role <c>submit</c> are wishes.
/// </remarks>
internal sealed class UnassignedCopies(NodeCoreState state, SubmitRules submitRules, KillRules killRules, RunLifecycle runLifecycle)
{
    private readonly List<JobEntry> _adopted = [];

    /// <summary>Assigns the jobs that were adopted since the last call, and that placement left without a node, to this node.</summary>
    /// <remarks>
    /// The original does the same: the client receives only jobs with a node, and presumes a job without one lost after <c>expire</c>. A
    /// job on a node without its pool is still placed as soon as another node has a free slot.
    /// </remarks>
    public void KeepUnrouted(Instant now)
    {
        foreach (var entry in _adopted.Where(entry => entry.Job is { Status.Node: null, IsLive: true }))
        {
            var here = state.Settings.Name;
            var isActive = state.Jobs.IsHere(here, entry.Job.Spec.Pool);
            _ = state.ApplyLocal(entry, entry.Job.Status with { Node = here, Active = isActive }, now);
        }

        _adopted.Clear();
    }

    /// <summary>Merges one copy; true when the local copy took anything from it.</summary>
    public bool Merge(Job remote, Instant now)
    {
        if (!state.Jobs.TryFind(remote.Id, out var entry))
        {
            if (state.Jobs.Tombstones.Find(remote) is not { } tombstone)
                return remote.Status.State is JobState.New && Adopt(remote, null, now);

            // The tombstone returns to the table, so that the client receives the end; the history has that end already.
            entry = state.Jobs.Upsert(tombstone, now);
            entry.IsEndRecorded = true;
        }

        var local = entry.Job;
        if (remote.Spec.Pool != local.Spec.Pool)
            return false;

        var isLater = remote.Ts > local.Ts;
        if (isLater && remote.Status.State is JobState.New && local.HasEnded && remote.Status.SubmitTs > local.Status.SubmitTs)
            return Adopt(remote, entry, now);

        if (remote.Status.SubmitTs < local.Status.SubmitTs || remote.Status.RestartedAt < local.Status.RestartedAt)
        {
            // The copy predates a restart of the job.
            return isLater && Answer(entry, local, remote, now);
        }

        // A client of the original repeats the end of the run before it. A head, whose copies are wishes, counts the epoch.
        var restarts = remote.Status.CompareEpoch(local.Status) > 0
            || (remote.Status.EndTs is not null && remote.Status.EndTs == local.Status.EndTs);
        if (isLater && remote.Status.State is JobState.New && local.HasEnded && restarts)
        {
            entry.NotBefore = 0;
            var restarted = local with { Status = RestartPolicy.RestartedManually(local.Status, now.Wall) };
            return Answer(entry, SpecMerge.WithSpecOf(restarted, remote), remote, now);
        }

        var isKill = remote.Status.State is JobState.Killed && local.IsLive;
        if (!isLater && !isKill)
            return false;

        _ = Answer(entry, isLater ? SpecMerge.WithSpecOf(local, remote) : local, remote, now);
        if (isKill)
            _ = killRules.Kill(entry, now);

        return true;
    }

    private bool Adopt(Job remote, JobEntry? known, Instant now)
    {
        if (submitRules.Adopt(remote, known, now) is not { } entry)
            return false;

        _adopted.Add(entry);
        return true;
    }

    // Stamped later than the copy of the client, which accepts no other.
    private bool Answer(JobEntry entry, Job answer, Job remote, Instant now)
    {
        state.RecordEnd(state.ApplyRequested(entry, answer, remote, now));
        if (entry.Run is { } run)
            runLifecycle.FollowSpec(run, entry.Job);

        return true;
    }
}
