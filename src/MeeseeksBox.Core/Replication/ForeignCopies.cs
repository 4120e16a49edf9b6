using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Checks copies of a sender that may not choose the user of a job (docs/SPECIFICATION.md#job-user).</summary>
internal sealed class ForeignCopies(NodeCoreState state)
{
    /// <summary>The copy to merge in place of a copy; null when nothing of it may be merged.</summary>
    /// <remarks>
    /// A new job that the sender may not have becomes a failed one, so that the sender gets the reason. A known job that is not its own
    /// keeps what it runs: the sender may report it and kill it.
    /// </remarks>
    public Job? Admitted(Job remote, Submitter sender, Instant now)
    {
        var refusal = sender.Refusal(remote);
        if (!state.Jobs.TryFind(remote.Id, out var entry))
            return refusal is null ? remote : remote.IsLive ? Failed(remote, refusal, now) : null;

        var local = entry.Job;
        if (refusal is null && sender.Refusal(local) is null)
            return remote;

        return RunSpec.AreSame(local, remote) && remote.Status.Epoch <= local.Status.Epoch ? remote : null;
    }

    private Job Failed(Job remote, string refusal, Instant now) => remote with
    {
        Ts = Math.Max(now.Wall, Math.BitIncrement(remote.Ts)),
        Status = remote.Status with
        {
            Node = remote.Status.Node ?? state.Settings.Name,
            State = JobState.Failed,
            Active = false,
            Error = refusal,
            EndTs = now.Wall,
            FailCount = remote.Status.FailCount + 1,
        },
    };
}
