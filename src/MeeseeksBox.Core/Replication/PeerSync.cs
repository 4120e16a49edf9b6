using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Replication;

/// <summary>What is sent to a peer, and what is made of what it tells (docs/SPECIFICATION.md#sync).</summary>
internal sealed class PeerSync(NodeCoreState state, MergeRules merging)
{
    // A line of sync is not to be longer than this by much, so that every peer takes it (listen.max_request is 64 MiB there).
    private const long LongestSync = 4 * 1024 * 1024;

    /// <summary>Takes the jobs that are to be sent to a peer now. What does not fit into one line waits for the next.</summary>
    public IReadOnlyList<Job> DequeuePending(Peer peer, bool isPoll)
    {
        peer.BeginMessage(isPoll);
        var jobs = new List<Job>();
        for (var weight = 0L; weight < LongestSync && peer.Dequeue() is { } id;)
        {
            var isHere = state.Jobs.TryFind(id, out var entry);
            if ((isHere ? entry!.Job : state.Jobs.Tombstones.Find(id)) is { Node: not null } job && !(isHere && peer.IsInSync(id, job.Seq)))
            {
                if (isHere)
                {
                    peer.MarkSent(id, job.Seq);
                }

                jobs.Add(job);
                weight += ApproximateSize.Of(job);
            }
        }

        return jobs;
    }

    /// <summary>Merges what a peer replied.</summary>
    /// <returns>Why this node must not be linked with the peer; null when it may. The nodes of the peer are forgotten then.</returns>
    public string? MergeReply(Peer peer, PeerReply reply, Instant now)
    {
        if (reply.Nodes is not null && MergeNodes(peer, reply.Nodes, reply.NodesGone, reply.NodesSeq, now) is { } refusal)
        {
            state.Nodes.Forget(peer.Name);
            return refusal;
        }

        if (reply.Jobs is not null)
        {
            MergeJobs(peer, reply.Jobs, reply.Seq, now);
        }

        return null;
    }

    // A legacy peer states no number: the highest of its jobs has to do.
    private void MergeJobs(Peer peer, IReadOnlyCollection<Job> jobs, long? seq, Instant now)
    {
        foreach (var job in jobs)
        {
            MergeJob(peer, job, now);
            peer.Seq = Math.Max(peer.Seq, job.Seq);
        }

        peer.Seq = seq ?? peer.Seq;
        if (!peer.IsSynced)
        {
            peer.IsSynced = true;
            OfferAll(peer);
        }
    }

    // Without a list of the nodes that have gone, the peer has sent all that it reaches.
    private string? MergeNodes(Peer peer, IReadOnlyDictionary<string, NodeStatus> statuses, IReadOnlyList<string>? gone, long? seq, Instant now)
    {
        if (statuses.ContainsKey(state.Settings.Name))
        {
            return DescribeCycle(peer.Name, statuses);
        }

        peer.NodesSeq = seq ?? 0;
        if (state.Nodes.Merge(peer.Name, state.Settings.Name, statuses, gone, now) && peer.IsSynced)
        {
            OfferAll(peer);
        }

        return null;
    }

    private void MergeJob(Peer peer, Job job, Instant now)
    {
        state.Peers.CurrentSource = peer;
        try
        {
            if (IsEndOfOrphan(peer, job) || IsBeforeRerun(peer, job))
            {
                RaiseStamp(job, now);
            }
            else
            {
                _ = merging.Merge(job, now);
            }
        }
        finally
        {
            state.Peers.CurrentSource = null;
        }

        if (!state.Jobs.TryFind(job.Id, out var entry))
        {
            return;
        }

        if (entry.Job.Node is not null && !ConflictResolver.Dominates(entry.Job, job))
        {
            peer.MarkInSync(job.Id, entry.Job.Seq);
        }
        else if (!peer.IsInFlight(job.Id, entry.Job.Seq))
        {
            peer.MarkDivergent(job.Id);
            state.Peers.Offer(peer, entry);
        }
    }

    // A node of the original kills its process of a job that has another node by now, and marks the job itself as killed: the run
    // elsewhere goes on. Where this node cannot see that run, another head may have killed it, and the copy is taken.
    private bool IsEndOfOrphan(Peer peer, Job job) => job is { State: JobState.Killed, Active: false, Node: { } node }
        && IsLegacy(peer)
        && !state.Nodes.IsReachedThrough(peer.Name, node)
        && (node == state.Settings.Name || state.Nodes.Find(node) is not null)
        && state.Jobs.TryFind(job.Id, out var entry)
        && entry.Job.IsLive
        && entry.Job.Node == node
        && ConflictResolver.AreSameSubmission(job, entry.Job);

    // A node of the original knows no epoch: it keeps a copy that it has stamped later, and goes on with a run that was given up here.
    private bool IsBeforeRerun(Peer peer, Job job) => job.Node is not null
        && IsLegacy(peer)
        && state.Jobs.TryFind(job.Id, out var entry)
        && job.Epoch < entry.Job.Epoch
        && job.Ts > entry.Job.Ts;

    private bool IsLegacy(Peer peer) => state.Nodes.Find(peer.Name) is { IsLegacy: true };

    private void RaiseStamp(Job job, Instant now)
    {
        if (state.Jobs.TryFind(job.Id, out var entry) && job.Ts > entry.Job.Ts)
        {
            _ = state.ApplyMerged(entry, entry.Job, job, now);
        }
    }

    private void OfferAll(Peer peer)
    {
        for (var entry = state.Jobs.Changes.First; entry is not null; entry = state.Jobs.Changes.Next(entry))
        {
            state.Peers.Offer(peer, entry);
        }
    }

    // The peer reaches us, so whoever is on its way to us reaches us too. Those on the way stand in the order of how much they reach.
    private string DescribeCycle(string peer, IReadOnlyDictionary<string, NodeStatus> statuses)
    {
        var here = state.Settings.Name;
        if (peer == here || (statuses.Count is 1 && statuses[here].Links is null or []))
        {
            return $"the node there has the name of this one, '{here}'; every node needs a name of its own";
        }

        string[] path = PathByLinks(peer, here, statuses)
            ?? [.. statuses.Where(node => node.Key != here && node.Value.Routing.Contains(here)).OrderByDescending(node => node.Value.Routing.Length).Select(node => node.Key)];
        return $"the nodes are connected in a cycle: {string.Join(" → ", [here, .. path, here])}; take one of these out of 'nodes'";
    }

    private static string[]? PathByLinks(string peer, string here, IReadOnlyDictionary<string, NodeStatus> statuses)
    {
        var cameFrom = new Dictionary<string, string?>(StringComparer.Ordinal) { [peer] = null };
        var queue = new Queue<string>([peer]);
        while (queue.TryDequeue(out var name))
        {
            foreach (var next in statuses.GetValueOrDefault(name)?.Links ?? [])
            {
                if (next == here)
                {
                    var path = new List<string>();
                    for (string? step = name; step is not null; step = cameFrom[step])
                    {
                        path.Insert(0, step);
                    }

                    return [.. path];
                }

                if (cameFrom.TryAdd(next, name))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }
}
