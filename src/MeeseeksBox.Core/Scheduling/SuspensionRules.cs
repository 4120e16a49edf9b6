using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Suspends and resumes running jobs (docs/SPECIFICATION.md#suspension).</summary>
internal sealed class SuspensionRules(NodeCoreState state, RunLifecycle runLifecycle)
{
    /// <summary>Suspends or resumes a job; its node carries it out.</summary>
    /// <returns>The job, or why it does not change.</returns>
    public SuspensionResult Set(JobEntry entry, bool isSuspended, Instant now)
    {
        if (Refusal(entry.Job, isSuspended) is { } problem)
            return new SuspensionResult(null, problem);

        // Others may have signalled its processes since the last request, and another node may have received another one.
        entry = state.ApplyLocal(entry, Suspension.Set(entry.Job, isSuspended), now, [JobAttributes.SuspendedAttribute]);
        if (entry.Run is { } run)
            runLifecycle.FollowSuspension(run, entry.Job, isAsked: true);

        return new SuspensionResult(entry.Job, null);
    }

    private string? Refusal(Job job, bool isSuspended)
    {
        var (id, status) = (job.Id, job.Status);
        if (status.State is not JobState.Running)
            return $"job '{id}' does not run: it is {JobStates.Word(status.State)}";
        if (isSuspended && status.Pid is null)
            return $"job '{id}' has no process: it runs in a plugin";
        if (status.Node == state.Settings.Name)
            return null;

        return status.Node is not { } name || state.Nodes.Find(name) is not { } node
            ? $"job '{id}' is on node '{status.Node}', which this node does not reach"
            : node.Status.Can(NodeStatus.SuspendCapability)
                ? null
                : $"node '{name}' of job '{id}' has a version that suspends no jobs";
    }
}
