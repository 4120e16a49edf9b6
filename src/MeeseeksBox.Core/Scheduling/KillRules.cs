using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Kills jobs (docs/SPECIFICATION.md#kill).</summary>
internal sealed class KillRules(NodeCoreState state, LegacyNodeReruns reruns)
{
    /// <summary>Kills a live job, as a person asked: at once, or when its process has ended if a pool may hold it.</summary>
    /// <remarks>An ended job does not change, apart from one that may still be live elsewhere.</remarks>
    /// <param name="entry">The job.</param>
    /// <param name="now">The time.</param>
    /// <param name="isNamed">False when a filter selected it: one that is sent again and again would keep killed jobs for ever.</param>
    public JobEntry Kill(JobEntry entry, Instant now, bool isNamed = true)
    {
        var status = entry.Job.Status;
        var killedAt = RestartPolicy.RequestTime(status, now.Wall);

        // Another node may have restarted a killed job meanwhile.
        var mayBeLive = status.State is JobState.Killed ? isNamed : status.Phase is JobPhase.PresumedLost;
        return !entry.Job.IsLive && mayBeLive
            ? state.ApplyLocal(entry, status with { State = JobState.Killed, KilledAt = killedAt }, now)
            : Kill(entry, killedAt, now);
    }

    /// <summary>Kills a live job, as a person asked at this or another node.</summary>
    /// <param name="entry">The job.</param>
    /// <param name="killedAt">When the person asked.</param>
    /// <param name="now">The time.</param>
    public JobEntry Kill(JobEntry entry, double killedAt, Instant now)
    {
        var status = entry.Job.Status with { KilledAt = Math.Max(entry.Job.Status.KilledAt, killedAt) };
        if (!entry.Job.IsLive)
        {
            // This node is about to run the job again. The kill prevents that: the end becomes a kill.
            return reruns.IsOurs(entry.Job) ? state.ApplyLocal(entry, status with { State = JobState.Killed }, now) : entry;
        }

        if (entry.Run is { } run)
        {
            state.Cancel(run, StopReason.Killed);
            return state.ApplyLocal(entry, Killed(status, isActive: true), now);
        }

        // The owner confirms the end of its job. A known node may have started the job without a report so far. A job of this node that
        // does not run ends now.
        var isElsewhere = status.Node is { } node && node != state.Settings.Name
            && (status.Active || state.Nodes.Find(node) is not null);
        var killed = Killed(status, isElsewhere);
        entry = state.ApplyLocal(entry, isElsewhere ? killed : killed with { EndTs = EndAfter(status, now) }, now);
        state.RecordEnd(entry);
        return entry;
    }

    private static JobStatus Killed(JobStatus status, bool isActive) =>
        status with { State = JobState.Killed, Active = isActive, Error = null };

    // Always later than the end of the run before: a restart by a legacy peer is recognized by the end that its copy repeats.
    private static double EndAfter(JobStatus status, Instant now) => Math.Max(now.Wall, Math.BitIncrement(status.EndTs ?? 0));
}
