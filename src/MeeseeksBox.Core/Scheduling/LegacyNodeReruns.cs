using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>
/// Runs jobs with <c>resubmit</c> again that ended on a node of the original, which leaves that to the submit node
/// (docs/SPECIFICATION.md#original-reruns).
/// </summary>
/// <remarks>
/// In every version of the original the submit node carries out <c>resubmit</c>. A node of January 2020 still retries and restarts such
/// a job by itself; later ones leave that to the submit node too. The two cannot be told apart, so this node waits before it does either.
/// </remarks>
internal sealed class LegacyNodeReruns(NodeCoreState state)
{
    // In seconds. The original looks for jobs to retry every second.
    private const double LocalRetryTime = 5;

    // How often it is looked whether the node has been heard since.
    private const double Reminder = 1;

    /// <summary>Runs the job again if that is up to this node and the time for it has come.</summary>
    public void Consider(JobEntry entry, Instant now)
    {
        if (!IsOurs(entry.Job))
        {
            return;
        }

        var job = entry.Job;
        var retry = RestartPolicy.NextRunAfter(job with { Resubmit = false });
        if (retry is not null && !IsLocalRetryOver(entry, now))
        {
            return;
        }

        var again = retry is not null ? job with { State = JobState.New, Node = job.SubmitNode, Epoch = job.Epoch + 1 } : RestartPolicy.NextRunAfter(job)!;
        entry.NotBefore = now.Monotonic + (state.Settings.Pool(job.Pool)?.RestartDelay ?? 1);
        state.RecordEnd(state.ApplyLocal(entry, again, now));
    }

    /// <summary>True for a job that has ended and that this node runs again, now or after a while.</summary>
    public bool IsOurs(Job job) =>
        job is { Resubmit: true, State: JobState.Done or JobState.Failed, HasEnded: true, Node: { } node }
        && job.SubmitNode == state.Settings.Name
        && node != state.Settings.Name
        && state.Nodes.Find(node) is { IsLegacy: true };

    // True when the node has had its time since this end of a run came here, and a status that came after that time brought no retry: an
    // answer of a peer has its nodes and its jobs of one moment.
    private bool IsLocalRetryOver(JobEntry entry, Instant now)
    {
        if (entry.LocalRetry.Ts != entry.Job.Ts || entry.LocalRetry.Until is 0)
        {
            entry.LocalRetry = (entry.Job.Ts, now.Monotonic + LocalRetryTime);
            state.Jobs.RemindAt(entry, entry.LocalRetry.Until);
            return false;
        }

        if (now.Monotonic < entry.LocalRetry.Until)
        {
            return false;
        }

        var hasReported = state.Nodes.Find(entry.Job.Node!) is { } node && node.Status.Online && node.ReportedAt >= entry.LocalRetry.Until;
        if (!hasReported)
        {
            state.Jobs.RemindAt(entry, now.Monotonic + Reminder);
        }

        return hasReported;
    }
}
