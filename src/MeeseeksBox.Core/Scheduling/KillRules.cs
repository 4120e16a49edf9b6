using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Kills jobs (docs/SPECIFICATION.md#kill).</summary>
internal sealed class KillRules(NodeCoreState state, LegacyNodeReruns reruns)
{
    /// <summary>Kills a live job: at once, or when its process has ended if a pool may hold it. An ended job does not change.</summary>
    public JobEntry Kill(JobEntry entry, Instant now)
    {
        var job = entry.Job;
        if (!job.IsLive)
        {
            // This node is about to run the job again. The kill prevents that: the end becomes a kill.
            return reruns.IsOurs(job) ? state.ApplyLocal(entry, job with { State = JobState.Killed }, now) : entry;
        }

        if (entry.Run is { } run)
        {
            state.Cancel(run, StopReason.Killed);
            return state.ApplyLocal(entry, job with { State = JobState.Killed, Active = true, Error = null }, now);
        }

        // The owner confirms the end of its job. A known node may have started the job without a report so far. A job of this node that
        // does not run ends now.
        var elsewhere = job.Node is { } node && node != state.Settings.Name && (job.Active || state.Nodes.Find(node) is not null);
        var endTs = elsewhere ? job.EndTs : EndAfter(job, now);
        entry = state.ApplyLocal(entry, job with { State = JobState.Killed, Active = elsewhere, Error = null, EndTs = endTs }, now);
        state.RecordEnd(entry);
        return entry;
    }

    // Always later than the end of the run before: a restart by a legacy peer is recognized by the end that its copy repeats.
    private static double EndAfter(Job job, Instant now) => Math.Max(now.Wall, Math.BitIncrement(job.EndTs ?? 0));
}
