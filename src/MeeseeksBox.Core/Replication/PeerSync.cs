using System.Globalization;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Replication;

/// <summary>Selects the jobs to send to a peer, and merges its replies (docs/SPECIFICATION.md#sync).</summary>
internal sealed class PeerSync(NodeCoreState state, MergeRules mergeRules)
{
    private static readonly Submitter Below = new(
        _ => "a node takes no configuration from a node below it; submit it at that node, or above it", null, null, ReportsStatus: true);

    private readonly ForeignCopies _foreignCopies = new(state, mergeRules);
    private readonly PeerLines _lines = new(state);

    /// <summary>Takes the jobs to send in one line. Jobs beyond the length of a line wait for the next.</summary>
    public IReadOnlyList<Job> DequeuePending(Peer peer, Instant now, bool isPoll)
    {
        peer.BeginMessage(isPoll);
        var jobs = new List<Job>();
        for (var room = PeerLines.RoomFor(peer); peer.Peek() is { } id;)
        {
            var isHere = state.Jobs.TryFind(id, out var entry);
            var job = isHere ? entry!.Job : state.Jobs.Tombstones.Find(id);
            if (job is null)
            {
                // The peer was away for so long that the end of its copy is forgotten: its copies are requested again.
                peer.Reset();
                break;
            }

            var isNeeded = job.Status.Node is not null && !(isHere && peer.IsInSync(id, job.Seq));
            var copy = isNeeded ? _lines.CopyFor(peer, job) : null;
            room -= copy is null ? 0 : PeerLines.LengthOf(copy, peer);
            if (copy is not null && jobs.Count > 0 && room < 0)
                break;

            _ = peer.Dequeue();
            if (copy is not null)
                jobs.Add(copy);

            if (!isHere || !isNeeded)
                continue;

            if (copy is null)
            {
                _lines.EndUndeliverable(peer, entry!, now);
            }
            else
            {
                entry!.AddPeer(peer.Names);
                peer.MarkSent(id, job.Seq);
                if (!SpecMerge.HasAllChanges(copy, job))
                    peer.MarkDivergent(id);
            }
        }

        return jobs;
    }

    /// <summary>Merges the reply of a peer.</summary>
    /// <returns>Why the link is rejected, after which the nodes of the peer are forgotten; null when it is not.</returns>
    public LinkFailure? MergeReply(Peer peer, PeerReply reply, Instant now)
    {
        if (reply.Nodes is not null
            && (MergeNodes(peer, reply.Nodes, reply.NodesGone, reply.NodesSeq, now) ?? MergeLimit(peer, reply)) is { } refusal)
        {
            state.Nodes.Forget(peer.Name);
            return refusal;
        }

        if (reply.Jobs is not null)
            MergeJobs(peer, reply, reply.Jobs, now);

        // What was rejected is wanted when no second box has the name of a node any more.
        if (peer.HasRejected && !state.Nodes.HasRivals(peer.Name))
            peer.Reset();

        return null;
    }

    // A legacy peer sends no cursor: the highest number of its jobs is used instead.
    private void MergeJobs(Peer peer, PeerReply reply, IReadOnlyCollection<Job> jobs, Instant now)
    {
        peer.IsMet = true;
        foreach (var job in jobs)
        {
            if (Completed(job, reply.Same) is { } whole)
                MergeJob(peer, whole, now);
            else
                peer.AddIncomplete(job);

            peer.Seq = Math.Max(peer.Seq, job.Seq);
        }

        if (reply.LookedUp is not null)
            MergeNotFound(peer, reply.LookedUp, jobs, now);

        peer.Seq = reply.Seq ?? peer.Seq;
        peer.HasMore = reply.HasMore;
        peer.HasGap |= reply.HasGap;
        if (peer.HasMore || (peer.IsSynced && !peer.HasGap))
            return;

        if (peer.HasGap)
            ForgetLive(peer);

        (peer.IsSynced, peer.HasGap) = (true, false);
        OfferAll(peer);
    }

    // Null when the spec was left out, and is not that of the local copy.
    private Job? Completed(Job job, IReadOnlyDictionary<string, string> same) =>
        !same.TryGetValue(job.Id, out var checksum) ? job
        : state.Jobs.TryFind(job.Id, out var entry) && SpecChecksum.Of(entry.Job) == checksum ? job with { Spec = entry.Job.Spec }
        : null;

    // The peer has removed them since. Their ends count all the same.
    private void MergeNotFound(Peer peer, IReadOnlyList<string> ids, IEnumerable<Job> found, Instant now)
    {
        var known = found.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            if (peer.TakeIncomplete(id) is { } copy && !known.Contains(id) && state.Jobs.TryFind(id, out var entry))
                MergeJob(peer, copy with { Spec = entry.Job.Spec }, now);
        }
    }

    // A peer that has the end of such a job answers with it, and a node that has lost it reports that.
    private void ForgetLive(Peer peer)
    {
        foreach (var entry in state.Nodes.ReachedThrough(peer.Name).SelectMany(state.Jobs.Queues.OnNode))
            peer.MarkUnknown(entry.Job.Id);
    }

    // Without a list of removed nodes, the statuses are all nodes that the peer reaches.
    private LinkFailure? MergeNodes(
        Peer peer,
        IReadOnlyDictionary<string, NodeStatus> statuses,
        IReadOnlyList<string>? gone,
        long? seq,
        Instant now)
    {
        if (statuses.TryGetValue(state.Settings.Name, out var namesake))
        {
            return namesake.Instance is { } other && state.Settings.Instance is { } own && other != own
                ? LinkFailure.OfDuplicate($"another box behind it has the name of this one, '{state.Settings.Name}'")
                : DescribeCycle(peer.Name, statuses);
        }

        peer.NodesSeq = seq ?? 0;

        // A legacy peer sends no number of change.
        if (seq is not null)
            state.Nodes.NoteReply(peer.Name, now);
        var added = state.Nodes.Merge(peer.Name, state.Settings.Name, statuses, gone, now);
        if (peer.IsSynced)
            OfferJobsOn(peer, added);

        return null;
    }

    // The status of the peer need not have the name that it has in the configuration. A reply with changes need not have it at all.
    private LinkFailure? MergeLimit(Peer peer, PeerReply reply)
    {
        var own = reply.Nodes!.Values.FirstOrDefault(status => status.Instance is { } instance && instance == reply.Instance)
            ?? reply.Nodes.GetValueOrDefault(peer.Name);
        if (own is null)
            return null;

        var isRaised = peer.LongestLine is { } before && !(own.MaxRequest <= before);
        peer.LongestLine = own.MaxRequest;
        if (own.MaxRequest < JobLine.LeastLimit)
        {
            return LinkFailure.OfShortLines(string.Create(
                CultureInfo.InvariantCulture,
                $"the node accepts lines of up to {own.MaxRequest} bytes, and a link needs {JobLine.LeastLimit}"));
        }

        if (isRaised && peer.IsSynced)
            OfferAll(peer);

        return null;
    }

    private void MergeJob(Peer peer, Job job, Instant now)
    {
        job = mergeRules.Completed(job);
        state.Peers.CurrentSource = peer;
        try
        {
            if (state.Nodes.IsOfRival(peer.Name, job.Status.Node))
            {
                peer.HasRejected = true;
                return;
            }

            if (state.Jobs.TryFind(job.Id, out var local) && PeerLines.HasStatus(peer, local.Job, job))
            {
                local.AddPeer(peer.Names);
                peer.MarkDivergent(job.Id);
                return;
            }

            if (IsEndOfOrphan(peer, job))
            {
                RaiseStamp(job, now);
                peer.NoteOrphan(job.Id, job.Status.Epoch);
            }
            else if (IsBeforeRerun(peer, job))
            {
                RaiseStamp(job, now);
            }
            else
            {
                _ = IsConfigurationOfThisNode(job) ? _foreignCopies.Merge(job, Below, now) : mergeRules.Merge(job, now);
            }
        }
        finally
        {
            state.Peers.CurrentSource = null;
        }

        if (!state.Jobs.TryFind(job.Id, out var entry))
            return;

        entry.AddPeer(peer.Names);
        if (entry.Job.Status.Node is not null && !CopyOrder.Dominates(entry.Job, job))
        {
            peer.MarkInSync(job.Id, entry.Job.Seq);
        }
        else if (!peer.IsInFlight(job.Id, entry.Job.Seq))
        {
            peer.MarkDivergent(job.Id);
            state.Peers.Offer(peer, entry);
        }
    }

    // Configurations come from above: a node below could else take over this one.
    private bool IsConfigurationOfThisNode(Job job) =>
        job.Spec.Pool is NodeSettings.ConfigPool && (job.Status.Node is null || job.Status.Node == state.Settings.Name);

    // A legacy node kills its own process of a job that has another node by now, and marks the whole job as killed. The run elsewhere
    // continues, and so does a kill that has not reached it. Where this node does not reach that run, another head may have killed it, so
    // the copy is merged. So is a second end, which answers the copy of this node: the process of the peer has ended with the first, and
    // the end comes from the node of the job by way of another head.
    private bool IsEndOfOrphan(Peer peer, Job job) => job.Status is { State: JobState.Killed, Active: false, Node: { } node }
        && IsLegacy(peer)
        && !state.Nodes.IsReachedThrough(peer.Name, node)
        && (node == state.Settings.Name || state.Nodes.Find(node) is not null)
        && state.Jobs.TryFind(job.Id, out var entry)
        && !entry.Job.HasEnded
        && !peer.HasEndedOrphan(job.Id, job.Status.Epoch)
        && entry.Job.Status.Node == node
        && CopyOrder.AreSameSubmission(job, entry.Job);

    // A legacy node does not compare epochs. It keeps the copy with its own later stamp, and continues a run that this node has given up.
    private bool IsBeforeRerun(Peer peer, Job job) => job.Status.Node is not null
        && IsLegacy(peer)
        && state.Jobs.TryFind(job.Id, out var entry)
        && job.Status.CompareEpoch(entry.Job.Status) < 0
        && job.Ts > entry.Job.Ts;

    private bool IsLegacy(Peer peer) => state.Nodes.Find(peer.Name) is { IsLegacy: true };

    private void RaiseStamp(Job job, Instant now)
    {
        if (state.Jobs.TryFind(job.Id, out var entry) && job.Ts > entry.Job.Ts)
            _ = state.ApplyMerged(entry, entry.Job, job, now);
    }

    // What the peer has, and what is live on the nodes that it reaches, is all that it needs. Both in the order of the changes.
    private void OfferAll(Peer peer)
    {
        Offer(peer, peer.Known.Select(id => state.Jobs.TryFind(id, out var entry) ? entry : null).OfType<JobEntry>());
        OfferJobsOn(peer, state.Nodes.ReachedThrough(peer.Name));
    }

    private void OfferJobsOn(Peer peer, IReadOnlyCollection<string> nodes) => Offer(peer, nodes.SelectMany(state.Jobs.Queues.OnNode));

    private void Offer(Peer peer, IEnumerable<JobEntry> entries)
    {
        foreach (var entry in entries.OrderBy(entry => entry.Job.Seq))
            state.Peers.Offer(peer, entry);
    }

    // Legacy peers report no links. There, every node of the cycle reaches this node, and one further along the cycle reaches fewer nodes.
    private LinkFailure DescribeCycle(string peer, IReadOnlyDictionary<string, NodeStatus> statuses)
    {
        var here = state.Settings.Name;
        if (peer == here || (statuses.Count is 1 && statuses[here].Links is null or []))
            return LinkFailure.OfDuplicate($"the peer is also named '{here}'");

        string[] path = PathByLinks(peer, here, statuses) ?? PathByRouting(here, statuses);
        return LinkFailure.OfCycle([here, .. path, here]);
    }

    private static string[] PathByRouting(string here, IReadOnlyDictionary<string, NodeStatus> statuses) =>
    [
        .. from node in statuses
           where node.Key != here && node.Value.Routing.Contains(here)
           orderby node.Value.Routing.Length descending
           select node.Key,
    ];

    // A breadth-first search along the links that the nodes report; null when they do not lead back to this node.
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
                        path.Insert(0, step);

                    return [.. path];
                }

                if (cameFrom.TryAdd(next, name))
                    queue.Enqueue(next);
            }
        }

        return null;
    }
}
