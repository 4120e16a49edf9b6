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
        if (JobLine.Exceeds(copy, peer.LongestLine))
            copy = SpecMerge.ChangesOnly(copy, one => !JobLine.Exceeds(one, peer.LongestLine));

        return !JobLine.Exceeds(copy, peer.LongestLine) && (copy.Spec.Pool.Length > 0 || MayGoWithoutSpec(peer, job, copy)) ? copy : null;
    }

    /// <summary>True when the peer has the status of a job, and its spec cannot be sent, or not all of it.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="local">The job.</param>
    /// <param name="remote">The copy of the peer.</param>
    public static bool HasStatus(Peer peer, Job local, Job remote) => local.Ts == remote.Ts
        && JobLine.Exceeds(local, peer.LongestLine)
        && CopyOrder.AreSameSubmission(local, remote)
        && (local.Status.State, local.Status.Active, local.Status.Node, local.Status.StartCount, local.Status.FailCount)
            == (remote.Status.State, remote.Status.Active, remote.Status.Node, remote.Status.StartCount, remote.Status.FailCount);

    /// <summary>Ends a job that no line to any peer can bring to its node, and that none has brought there.</summary>
    public void EndUndeliverable(Peer peer, JobEntry entry, Instant now)
    {
        var (job, status) = (entry.Job, entry.Job.Status);
        if (status.Node is not { } node || !state.Nodes.IsReachedThrough(peer.Name, node))
            return;

        var peers = state.Nodes.PeersOf(node).Select(state.Peers.Find).ToList();
        if (!peers.TrueForAll(one => one.IsSynced && JobLine.Exceeds(job, one.LongestLine)))
            return;

        // A copy that a peer has is one of an earlier epoch, or the job was sent and has changed before the peer reported it.
        var isUnknown = peers.TrueForAll(one => !one.Knows(job.Id));
        if (status is { State: JobState.New, Active: false } && (isUnknown || status.Epoch > 0))
            state.FailUnstarted(entry, JobLine.Problem(peer.Name, job), now);
        else if (status.State is JobState.Killed && isUnknown)
            state.RecordEnd(state.ApplyLocal(entry, status with { Active = false, EndTs = now.Wall }, now));
    }

    // A peer that is to start the job must have all of its spec. One that runs it would answer a change that it has received in part.
    private bool MayGoWithoutSpec(Peer peer, Job job, Job copy)
    {
        var isBehind = job.IsLive && state.Nodes.IsReachedThrough(peer.Name, job.Status.Node!);
        return peer.Knows(job.Id) ? SpecMerge.HasAllChanges(copy, job) || !isBehind : job.Status.State is JobState.Running;
    }
}
