using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Merges copies of a sender that may not do everything (docs/SPECIFICATION.md#roles).</summary>
internal sealed class ForeignCopies(NodeCoreState state, MergeRules mergeRules)
{
    /// <summary>Merges one copy; true when the local copy took anything from it.</summary>
    /// <remarks>
    /// A new job that the sender may not have becomes a failed one of this node, so that the sender gets the reason. It never runs.
    /// No copy of a known job is taken when the sender may not have both, the job as it is and the copy.
    /// </remarks>
    public bool Merge(Job remote, Submitter sender, Instant now)
    {
        var refusal = sender.Refusal(remote);
        if (state.Jobs.TryFind(remote.Id, out var entry))
            return refusal is null && sender.Refusal(entry.Job) is null && mergeRules.Merge(remote, now, sender.ReportsStatus);
        if (refusal is null)
            return mergeRules.Merge(remote, now, sender.ReportsStatus);

        var isForHere = (remote.Status.Node ?? state.Settings.Name) == state.Settings.Name;
        return remote.IsLive && isForHere && mergeRules.Merge(Failed(remote, refusal, now), now);
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
