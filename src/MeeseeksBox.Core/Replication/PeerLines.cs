using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Fits copies of jobs into the lines that a peer accepts (docs/SPECIFICATION.md#line-size).</summary>
internal sealed class PeerLines(NodeCoreState state)
{
    private const long Longest = 4 * 1024 * 1024;

    /// <summary>How many bytes of jobs one line may have. A longer job has a line of its own.</summary>
    public static long RoomFor(Peer peer) => peer.LongestLine is { } limit ? Math.Min(JobLine.RoomIn(limit), Longest) : Longest;

    /// <summary>The length of a copy in a line: roughly, where the peer accepts far longer lines.</summary>
    public static long LengthOf(Job copy, Peer peer) =>
        JobLine.IsTight(Longest, peer.LongestLine) ? JobLine.LengthOf(copy) : ApproximateSize.Of(copy);

    /// <summary>A copy that a line to the peer can bring: the job, or without what the peer can do without.</summary>
    /// <returns>Null when none can.</returns>
    public Job? CopyFor(Peer peer, Job job)
    {
        if (!JobLine.Exceeds(job, peer.LongestLine))
            return job;

        var copy = job with { Status = job.Status.WithoutOutputs() };
        if (JobLine.Exceeds(copy, peer.LongestLine) && peer.Knows(job.Id) && !MayStartBehind(peer, job))
            copy = copy with { Spec = new JobSpec { Pool = job.Spec.Pool } };

        return JobLine.Exceeds(copy, peer.LongestLine) ? null : copy;
    }

    /// <summary>Ends a job that no line can bring to its node, and that no other peer has brought there.</summary>
    public void EndUndeliverable(Peer peer, JobEntry entry, Instant now)
    {
        var (job, status) = (entry.Job, entry.Job.Status);
        if (!peer.IsSynced || status.Node is not { } node || state.Nodes.PeersOf(node) is not [var only] || only != peer.Name)
            return;

        // A copy that the peer has is one of an earlier epoch, or the job was sent and has changed before the peer reported it.
        var isUnknown = !peer.Knows(job.Id);
        if (status is { State: JobState.New, Active: false } && (isUnknown || status.Epoch > 0))
            state.FailUnstarted(entry, JobLine.Problem(peer.Name, job), now);
        else if (status.State is JobState.Killed && isUnknown)
            state.RecordEnd(state.ApplyLocal(entry, status with { Active = false, EndTs = now.Wall }, now));
    }

    // The spec of such a job must arrive: the peer would run another one.
    private bool MayStartBehind(Peer peer, Job job) => job.IsLive && state.Nodes.IsReachedThrough(peer.Name, job.Status.Node!);
}
