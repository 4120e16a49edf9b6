using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Ends jobs because somebody wishes so (docs/SPECIFICATION.md#kill).</summary>
internal sealed class KillRules(NodeCoreState state, LegacyNodeReruns reruns)
{
    /// <summary>Ends a live job: at once when no pool has hold of it, otherwise when its process is gone. An ended job stays as it is.</summary>
    public JobEntry Kill(JobEntry entry, Instant now)
    {
        var job = entry.Job;
        if (!job.IsLive)
        {
            // A job that this node is about to run again must not: its end becomes a kill.
            return reruns.IsOurs(job) ? state.ApplyLocal(entry, job with { State = JobState.Killed }, now) : entry;
        }

        if (entry.Run is { } run)
        {
            state.Cancel(run, StopReason.Killed);
            return state.ApplyLocal(entry, job with { State = JobState.Killed, Active = true, Error = null }, now);
        }

        // Another node's job ends when that node says so; a node that we know may have begun with it without our having heard of that.
        // Ours does not run: there is nothing to wait for.
        var elsewhere = job.Node is { } node && node != state.Settings.Name && (job.Active || state.Nodes.Find(node) is not null);
        entry = state.ApplyLocal(entry, job with { State = JobState.Killed, Active = elsewhere, Error = null, EndTs = elsewhere ? job.EndTs : EndAfter(job, now) }, now);
        state.RecordEnd(entry);
        return entry;
    }

    // Never the end of the run before: a restart by an old peer is known by the end that it has seen.
    private static double EndAfter(Job job, Instant now) => Math.Max(now.Wall, Math.BitIncrement(job.EndTs ?? 0));
}
