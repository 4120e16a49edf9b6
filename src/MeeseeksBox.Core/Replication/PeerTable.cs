using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Membership;

namespace MeeseeksBox.Core.Replication;

/// <summary>The peers of this node. At every change of a job those that have to hear of it are found by its node, and by what they have told.</summary>
internal sealed class PeerTable(NodeTable nodes, Effects effects)
{
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _peers.Keys;

    /// <summary>The peer whose own word is being taken in: it need not hear of the changes that come of that.</summary>
    public Peer? CurrentSource { get; set; }

    public Peer Add(string name)
    {
        var peer = new Peer(name);
        _peers.Add(name, peer);
        return peer;
    }

    public void Remove(Peer peer) => _peers.Remove(peer.Name);

    /// <summary>A job has changed.</summary>
    public void Changed(JobEntry entry)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer != CurrentSource)
            {
                Offer(peer, entry);
            }
        }
    }

    /// <summary>
    /// Sends a live job once more to the peers that reach its node: whoever knows its end answers with that, and a node that has lost it
    /// says so.
    /// </summary>
    public void OfferAgain(JobEntry entry)
    {
        foreach (var peer in _peers.Values.Where(peer => nodes.IsReachedThrough(peer.Name, entry.Job.Node!)))
        {
            peer.MarkUnknown(entry.Job.Id);
            Offer(peer, entry);
        }
    }

    /// <summary>A job has left the table.</summary>
    public void Removed(string id)
    {
        foreach (var peer in _peers.Values)
        {
            peer.Forget(id);
        }
    }

    /// <summary>Lets a peer hear of a job, when it is one for it and it does not know it all.</summary>
    public void Offer(Peer peer, JobEntry entry)
    {
        // Whoever has told of a job must hear how it goes on, also when that is elsewhere: its copy would never end. Whoever knows nothing of
        // one that has ended has dropped it, and must not be given it again: it would go back and forth between the two and never leave.
        var job = entry.Job;
        if (peer.IsSynced && job.Node is { } node && !peer.IsInSync(job.Id, job.Seq)
            && (peer.Knows(job.Id) || (!job.HasEnded && nodes.IsReachedThrough(peer.Name, node))))
        {
            peer.Enqueue(job.Id);
            effects.Wake(peer);
        }
    }
}
