using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Expires active jobs of other nodes that were not reported in time (docs/SPECIFICATION.md#lost-jobs).</summary>
/// <remarks>Either the node has lost the job, or this node has lost the connection to it. The result is a presumption.</remarks>
internal sealed class ExpiryPolicy(NodeCoreState state)
{
    /// <summary>Presumes a job lost, and runs it again where its settings ask for that.</summary>
    public void Expire(JobEntry entry, Instant now)
    {
        var (job, status) = (entry.Job, entry.Job.Status);
        var lost = status.PresumedLost(now.Wall);
        if (lost.State is JobState.Failed)
        {
            entry.NotBefore = 0;
            if (IsOursToRetry(status) && RestartPolicy.NextRunAfter(job.Spec, lost) is { } next)
            {
                state.Effects.AddEndedJob(job with { Status = lost });
                _ = state.ApplyLocal(entry, next with { Node = NodeForRetry(status), Epoch = status.Epoch + 1 }, now);
                return;
            }
        }

        state.RecordEnd(state.ApplyLocal(entry, lost, now));
    }

    // Every node that sees the job expire must choose the same node for it. Where the choice is open, only the submit node makes it.
    private bool IsOursToRetry(JobStatus status) =>
        status.SubmitNode == state.Settings.Name || status.SubmitNode == status.Node || status.Nodes is { Length: > 0 };

    // A pinned job waits for its node. A job with a list goes to the first node of it that is online
    // (docs/SPECIFICATION.md#retry-after-expiry).
    private string? NodeForRetry(JobStatus status) => status.Nodes is { Length: > 0 } list
        ? list.FirstOrDefault(IsOnline) ?? list[0]
        : status.SubmitNode == status.Node ? status.Node
        : null;

    private bool IsOnline(string name) => name == state.Settings.Name || state.Nodes.Find(name)?.Status.Online is true;
}
