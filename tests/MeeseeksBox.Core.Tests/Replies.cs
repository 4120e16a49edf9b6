using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests;

/// <summary>Merges replies of peers with jobs only or nodes only.</summary>
internal static class Replies
{
    public static void MergeJobsOf(this NodeCore core, Peer peer, IReadOnlyList<Job> jobs, long? seq, Instant now) =>
        core.MergeReply(peer, new PeerReply { Jobs = jobs, Seq = seq }, now).Should().BeNull();

    public static string? MergeNodesOf(
        this NodeCore core,
        Peer peer,
        IReadOnlyDictionary<string, NodeStatus> statuses,
        IReadOnlyList<string>? gone,
        long? seq,
        Instant now) =>
        core.MergeReply(peer, new PeerReply { Nodes = statuses, NodesGone = gone, NodesSeq = seq }, now)?.Reason;
}
