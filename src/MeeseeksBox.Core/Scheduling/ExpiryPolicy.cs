using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>
/// Jobs at work elsewhere of which nothing was heard for too long: their node has lost them, or we have lost the node
/// (docs/SPECIFICATION.md#lost-jobs).
/// </summary>
internal sealed class ExpiryPolicy(NodeCoreState state)
{
    /// <summary>The <c>error</c> of such a job.</summary>
    public const string PresumedLostError = "expired";

    /// <summary>Takes a job for lost, and lets it run again where that is asked for.</summary>
    public void Expire(JobEntry entry, Instant now)
    {
        var job = entry.Job with { Active = false, Pid = null, EndTs = now.Wall };
        if (job.State is JobState.Killed)
        {
            // Its node has not said so: should it come back with the job alive, it still has to be killed.
            state.RecordEnd(state.ApplyLocal(entry, job with { Error = PresumedLostError }, now));
            return;
        }

        var failed = job with { State = JobState.Failed, Error = PresumedLostError, FailCount = job.FailCount + 1 };
        entry.NotBefore = 0;
        if (IsOursToRetry(job) && RestartPolicy.NextRunAfter(failed) is { } again)
        {
            state.Effects.AddEndedJob(failed);
            _ = state.ApplyLocal(entry, again with { Node = Elsewhere(job), Epoch = job.Epoch + 1 }, now);
            return;
        }

        state.RecordEnd(state.ApplyLocal(entry, failed, now));
    }

    // Where the job goes must not depend on who decides: otherwise only the node that sent it off may.
    private bool IsOursToRetry(Job job) => job.SubmitNode == state.Settings.Name || job.SubmitNode == job.Node || job.Nodes is { Length: > 0 };

    // Pinned, it waits for its node; with a list, it gets the first that is online (docs/SPECIFICATION.md#retry-after-expiry).
    private string? Elsewhere(Job job) => job.Nodes is { Length: > 0 } list
        ? list.FirstOrDefault(name => name == state.Settings.Name || state.Nodes.Find(name)?.Status.Online is true) ?? list[0]
        : job.SubmitNode == job.Node ? job.Node
        : null;
}
