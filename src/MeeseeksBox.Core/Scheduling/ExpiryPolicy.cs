using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Expires active jobs of other nodes that were not reported in time (docs/SPECIFICATION.md#lost-jobs).</summary>
/// <remarks>Either the node has lost the job, or this node has lost the connection to it. The result is a presumption.</remarks>
internal sealed class ExpiryPolicy(NodeCoreState state)
{
    /// <summary>The <c>error</c> of a job that is presumed lost.</summary>
    public const string PresumedLostError = "expired";

    /// <summary>Presumes a job lost, and runs it again where its settings ask for that.</summary>
    public void Expire(JobEntry entry, Instant now)
    {
        var job = entry.Job with { Active = false, Pid = null, EndTs = now.Wall };
        if (job.State is JobState.Killed)
        {
            // The owner has not confirmed the kill. If it returns with the job alive, the kill is still pending there.
            state.RecordEnd(state.ApplyLocal(entry, job with { Error = PresumedLostError }, now));
            return;
        }

        var failed = job with { State = JobState.Failed, Error = PresumedLostError, FailCount = job.FailCount + 1 };
        entry.NotBefore = 0;
        if (IsOursToRetry(job) && RestartPolicy.NextRunAfter(failed) is { } next)
        {
            state.Effects.AddEndedJob(failed);
            _ = state.ApplyLocal(entry, next with { Node = NodeForRetry(job), Epoch = job.Epoch + 1 }, now);
            return;
        }

        state.RecordEnd(state.ApplyLocal(entry, failed, now));
    }

    // Every node that sees the job expire must choose the same node for it. Where the choice is open, only the submit node makes it.
    private bool IsOursToRetry(Job job) =>
        job.SubmitNode == state.Settings.Name || job.SubmitNode == job.Node || job.Nodes is { Length: > 0 };

    // A pinned job waits for its node. A job with a list goes to the first node of it that is online
    // (docs/SPECIFICATION.md#retry-after-expiry).
    private string? NodeForRetry(Job job) => job.Nodes is { Length: > 0 } list
        ? list.FirstOrDefault(IsOnline) ?? list[0]
        : job.SubmitNode == job.Node ? job.Node
        : null;

    private bool IsOnline(string name) => name == state.Settings.Name || state.Nodes.Find(name)?.Status.Online is true;
}
