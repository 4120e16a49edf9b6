using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Checks copies of a sender that may not choose the user of a job (docs/SPECIFICATION.md#job-user).</summary>
internal sealed class ForeignCopies(NodeCoreState state)
{
    /// <summary>The copy to merge in place of a copy; null when nothing of it may be merged.</summary>
    /// <remarks>
    /// A new job that the sender may not have becomes a failed one of this node, so that the sender gets the reason. It never runs.
    /// No copy of a known job is taken when the sender may not have both, the job as it is and the copy.
    /// </remarks>
    public Job? Admitted(Job remote, Submitter sender, Instant now)
    {
        var refusal = sender.Refusal(remote);
        if (state.Jobs.TryFind(remote.Id, out var entry))
            return refusal is null && sender.Refusal(entry.Job) is null ? remote : null;
        if (refusal is null)
            return remote;

        return remote.IsLive && (remote.Status.Node ?? state.Settings.Name) == state.Settings.Name ? Failed(remote, refusal, now) : null;
    }

    private Job Failed(Job remote, string refusal, Instant now) => remote with
    {
        Spec = remote.Spec with { Restart = false, Retries = 0, Resubmit = false },
        Ts = Math.Max(now.Wall, Math.BitIncrement(remote.Ts)),
        Status = remote.Status with
        {
            Node = state.Settings.Name,
            State = JobState.Failed,
            Active = false,
            Error = refusal,
            EndTs = now.Wall,
            FailCount = remote.Status.FailCount + 1,
        },
    };
}
