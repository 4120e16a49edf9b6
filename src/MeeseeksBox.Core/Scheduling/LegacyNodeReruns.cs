using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Runs jobs with <c>resubmit</c> again after they ended on a legacy node (docs/SPECIFICATION.md#original-reruns).</summary>
/// <remarks>
/// In every version of the original, the submit node carries out <c>resubmit</c>. A node of January 2020 retries and restarts such a job by
/// itself; later versions leave that to the submit node too. The versions cannot be told apart, so this node waits before it does either.
/// </remarks>
internal sealed class LegacyNodeReruns(NodeCoreState state)
{
    // In seconds. A legacy node looks for jobs to retry every second.
    private const double LocalRetryTime = 5;

    // In seconds: the interval at which an overdue report of the node is checked for.
    private const double Reminder = 1;

    /// <summary>Runs the job again, if that is the task of this node and the time for it has come.</summary>
    public void Consider(JobEntry entry, Instant now)
    {
        if (!IsOurs(entry.Job))
            return;

        var (spec, ended) = (entry.Job.Spec, entry.Job.Status);
        var isRetry = RestartPolicy.NextRunAfter(spec with { Resubmit = false }, ended) is not null;
        if (isRetry && !IsLocalRetryOver(entry, now))
            return;

        var next = isRetry ? RestartPolicy.SentOffAgain(ended) : RestartPolicy.NextRunAfter(spec, ended)!;
        entry.NotBefore = now.Monotonic + (state.Settings.Pool(spec.Pool)?.RestartDelay ?? 1);
        state.RecordEnd(state.ApplyLocal(entry, next, now));
    }

    /// <summary>True for an ended job that this node runs again, now or later.</summary>
    public bool IsOurs(Job job) =>
        job is { Spec.Resubmit: true, Status.State: JobState.Done or JobState.Failed, HasEnded: true, Status.Node: { } node }
        && job.Status.SubmitNode == state.Settings.Name
        && node != state.Settings.Name
        && state.Nodes.Find(node) is { IsLegacy: true };

    // True when the node had its time to retry, counted from the arrival of this end, and a status from after that time came without a
    // retry. A reply has the nodes and the jobs of one instant.
    private bool IsLocalRetryOver(JobEntry entry, Instant now)
    {
        if (entry.LocalRetry.Ts != entry.Job.Ts || entry.LocalRetry.Until is 0)
        {
            entry.LocalRetry = (entry.Job.Ts, now.Monotonic + LocalRetryTime);
            state.Jobs.RemindAt(entry, entry.LocalRetry.Until);
            return false;
        }

        if (now.Monotonic < entry.LocalRetry.Until)
            return false;

        var hasReported = state.Nodes.Find(entry.Job.Status.Node!) is { Status.Online: true } node
            && node.ReportedAt >= entry.LocalRetry.Until;
        if (!hasReported)
            state.Jobs.RemindAt(entry, now.Monotonic + Reminder);

        return hasReported;
    }
}
