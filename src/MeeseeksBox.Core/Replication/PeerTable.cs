using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Membership;

namespace MeeseeksBox.Core.Replication;

/// <summary>The peers of this node. Each change of a job is queued for the peers that need it.</summary>
internal sealed class PeerTable(NodeTable nodes, Effects effects)
{
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _peers.Keys;

    /// <summary>The names in order. The same array until a peer comes or goes.</summary>
    public string[] Links { get; private set; } = [];

    /// <summary>The peer whose copy is being merged: the changes that result are not sent back to it.</summary>
    public Peer? CurrentSource { get; set; }

    public Peer Find(string name) => _peers[name];

    public Peer Add(string name)
    {
        var peer = new Peer(name);
        _peers.Add(name, peer);
        Links = [.. Names.Order(StringComparer.Ordinal)];
        return peer;
    }

    public void Remove(Peer peer)
    {
        _ = _peers.Remove(peer.Name);
        Links = [.. Names.Order(StringComparer.Ordinal)];
    }

    /// <summary>Queues a changed job for all peers that need it.</summary>
    public void Changed(JobEntry entry)
    {
        var known = entry.Peers;
        foreach (var name in known)
            Offer(name, entry);

        if (!entry.Job.HasEnded && entry.Job.Status.Node is { } node)
        {
            foreach (var name in nodes.PeersOf(node))
            {
                if (!known.Contains(name))
                    Offer(name, entry);
            }
        }
    }

    /// <summary>Sends a live job again to the peers that reach its node.</summary>
    /// <remarks>A peer that has the end of the job answers with it. A node that has lost the job reports that.</remarks>
    public void OfferAgain(JobEntry entry)
    {
        foreach (var name in nodes.PeersOf(entry.Job.Status.Node!))
        {
            if (_peers.TryGetValue(name, out var peer))
            {
                peer.MarkUnknown(entry.Job.Id);
                Offer(peer, entry);
            }
        }
    }

    /// <summary>Handles the removal of a job from the table.</summary>
    public void Removed(JobEntry entry)
    {
        foreach (var name in entry.Peers)
            _peers.GetValueOrDefault(name)?.Forget(entry.Job.Id);
    }

    /// <summary>Queues a job for a peer, if the peer needs it and does not have this copy.</summary>
    public void Offer(Peer peer, JobEntry entry)
    {
        // A peer that has reported a job receives every change, even when the job is elsewhere by now: its copy would never end otherwise.
        // A peer without a copy of an ended job has removed it: sent again, the job would travel between the two forever.
        var job = entry.Job;
        if (peer.IsMet && job.Status.Node is { } node && !peer.IsInSync(job.Id, job.Seq)
            && (peer.Knows(job.Id) || (!job.HasEnded && nodes.IsReachedThrough(peer.Name, node))))
        {
            entry.AddPeer(peer.Names);
            peer.Enqueue(job.Id);
            effects.Wake(peer);
        }
    }

    private void Offer(string name, JobEntry entry)
    {
        if (_peers.TryGetValue(name, out var peer) && peer != CurrentSource)
            Offer(peer, entry);
    }
}
