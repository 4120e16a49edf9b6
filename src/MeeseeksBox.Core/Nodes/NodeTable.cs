using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Nodes;

/// <summary>The other nodes that this node has heard of, by name and by the pools that they have.</summary>
public sealed class NodeTable
{
    private readonly SortedDictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _byPool = new(StringComparer.Ordinal);
    private readonly Queue<KnownNode> _heard = new();
    private readonly News _news;
    private long _seq;

    internal NodeTable(News news) => _news = news;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyCollection<KnownNode> All => _nodes.Values;

    /// <summary>The number of the latest change of any status.</summary>
    public long Seq => _seq;

    /// <summary>A node by its name; null when it is not known.</summary>
    public KnownNode? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The names of the nodes online that have a pool.</summary>
    public IReadOnlyList<string> With(string pool) => _byPool.TryGetValue(pool, out var names) ? names : [];

    /// <summary>
    /// Takes in what a peer tells of nodes. Of two reports of a node the one with the newer stamp holds, whichever way it came
    /// (SPEC.md §7); the stamps of one node are compared with each other only, never with our clock.
    /// </summary>
    /// <param name="peer">The downstream node that tells.</param>
    /// <param name="here">The name of this node, which knows best itself how it is.</param>
    /// <param name="statuses">The status of each node.</param>
    /// <param name="now">The time.</param>
    internal void Merge(string peer, string here, IReadOnlyDictionary<string, NodeStatus> statuses, Moment now)
    {
        foreach (var (name, status) in statuses.Where(status => status.Key != here))
        {
            if (!_nodes.TryGetValue(name, out var known) || status.Ts > known.Status.Ts)
            {
                Put(new KnownNode(name, status, peer, now.Steady, 0));
            }
        }
    }

    /// <summary>Forgets the nodes that only this peer told of: it was taken out of the configuration.</summary>
    internal void Forget(string peer)
    {
        foreach (var node in _nodes.Values.Where(node => node.Peer == peer).ToArray())
        {
            _ = _nodes.Remove(node.Name);
            Unlist(node);
            _seq++;
            _news.Nodes = true;
        }
    }

    /// <summary>When the next node will have been silent for too long; null when none is online.</summary>
    internal double? NextTimeout(double timeout) => OldestOnline() is { } node ? node.HeardAt + timeout : null;

    /// <summary>Takes those nodes for offline that have been silent for too long.</summary>
    internal void TimeOut(double timeout, Moment now)
    {
        while (OldestOnline() is { } node && node.HeardAt + timeout <= now.Steady)
        {
            Put(node with { Status = node.Status with { Online = false } });
        }
    }

    // The queue holds every report in the order in which they came; those that a later one has replaced are dropped when they come up.
    private KnownNode? OldestOnline()
    {
        while (_heard.TryPeek(out var node))
        {
            if (node.Status.Online && ReferenceEquals(_nodes.GetValueOrDefault(node.Name), node))
            {
                return node;
            }

            _ = _heard.Dequeue();
        }

        return null;
    }

    private void Put(KnownNode node)
    {
        if (_nodes.TryGetValue(node.Name, out var known))
        {
            Unlist(known);
        }

        node = node with { Seq = ++_seq };
        _nodes[node.Name] = node;
        _heard.Enqueue(node);
        if (node.Status.Online)
        {
            foreach (var pool in node.Status.Pools.Keys)
            {
                if (!_byPool.TryGetValue(pool, out var names))
                {
                    names = [];
                    _byPool.Add(pool, names);
                }

                names.Add(node.Name);
            }
        }

        _news.Nodes = true;
    }

    private void Unlist(KnownNode node)
    {
        foreach (var pool in node.Status.Pools.Keys)
        {
            if (_byPool.TryGetValue(pool, out var names) && names.Remove(node.Name) && names.Count is 0)
            {
                _ = _byPool.Remove(pool);
            }
        }
    }
}
