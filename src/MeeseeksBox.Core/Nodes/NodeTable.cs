using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Nodes;

/// <summary>The other nodes that this node has heard of: by name, by the pools that they have, and by the peers that tell of them.</summary>
public sealed class NodeTable
{
    private readonly SortedDictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<KnownNode>> _byPool = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _toldBy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _gone = new(StringComparer.Ordinal);
    private readonly Queue<KnownNode> _heard = new();
    private readonly HashSet<string> _leaseChanges = new(StringComparer.Ordinal);
    private readonly News _news;

    internal NodeTable(News news) => _news = news;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyCollection<KnownNode> All => _nodes.Values;

    /// <summary>The number of the latest change of any status, our own included.</summary>
    public long Seq { get; private set; }

    /// <summary>The number of the latest change that somebody has to hear of at once: of more than a load average or a stamp.</summary>
    public long MatteringSeq { get; private set; }

    /// <summary>Counts the changes of the set of nodes that are online.</summary>
    internal int OnlineVersion { get; private set; }

    /// <summary>A node by its name; null when it is not known.</summary>
    public KnownNode? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>
    /// True while the status of a node stands for its live jobs: they do not expire before it goes offline. That holds for nodes of the
    /// original, whose later versions do not refresh the jobs that run.
    /// </summary>
    internal bool IsLeased(string name) => _nodes.TryGetValue(name, out var node) && IsLease(node);

    /// <summary>Takes the names of the nodes whose <see cref="IsLeased"/> may have changed since the last call.</summary>
    internal string[] TakeLeaseChanges()
    {
        string[] changes = [.. _leaseChanges];
        _leaseChanges.Clear();
        return changes;
    }

    /// <summary>The nodes online that have a pool.</summary>
    public IReadOnlyList<KnownNode> With(string pool) => _byPool.TryGetValue(pool, out var nodes) ? nodes : [];

    /// <summary>True when a peer has told of a node: what is meant for that node can be sent to the peer.</summary>
    public bool IsReachedThrough(string peer, string node) => _toldBy.TryGetValue(peer, out var names) && names.Contains(node);

    /// <summary>The next number of change, for a status that changed.</summary>
    /// <param name="matters">Whether it is a change that somebody has to hear of at once.</param>
    internal long NextSeq(bool matters)
    {
        Seq++;
        if (matters)
        {
            MatteringSeq = Seq;
            _news.Nodes = true;
        }

        return Seq;
    }

    /// <summary>The nodes that changed after a number, and those that have gone since.</summary>
    internal (IEnumerable<KnownNode> Changed, IReadOnlyList<string> Gone) Newer(long seq) =>
        (_nodes.Values.Where(node => node.Seq > seq), seq is 0 ? [] : [.. _gone.Where(gone => gone.Value > seq).Select(gone => gone.Key)]);

    /// <summary>
    /// Takes in what a peer tells of nodes. Of two reports of a node the one with the newer stamp holds, whichever way it came, and a
    /// peer may take back its own word (docs/SPECIFICATION.md#node-status); the stamps of one node are compared with each other only, never
    /// with our clock.
    /// </summary>
    /// <param name="peer">The downstream node that tells.</param>
    /// <param name="here">The name of this node, which knows best itself how it is.</param>
    /// <param name="statuses">The status of each node.</param>
    /// <param name="gone">Nodes that the peer does not reach any more; null when it told of all that it reaches.</param>
    /// <param name="now">The time.</param>
    /// <returns>True when the peer reaches nodes that it did not reach before.</returns>
    internal bool Merge(string peer, string here, IReadOnlyDictionary<string, NodeStatus> statuses, IReadOnlyList<string>? gone, Moment now)
    {
        var told = _toldBy.TryGetValue(peer, out var known) ? known : _toldBy[peer] = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in gone ?? [.. told.Where(name => !statuses.ContainsKey(name))])
        {
            Untell(peer, told, name);
        }

        var grew = false;
        foreach (var (name, status) in statuses.Where(status => status.Key != here))
        {
            grew |= told.Add(name);
            if (!_nodes.TryGetValue(name, out var node) || status.Ts > node.Status.Ts || (node.Peer == peer && IsOtherWord(node.Status, status)))
            {
                Put(new KnownNode(name, status, peer, now.Steady, 0));
            }
        }

        return grew;
    }

    /// <summary>Forgets the nodes that only this peer told of: it was taken out of the configuration, or refused.</summary>
    internal void Forget(string peer)
    {
        if (_toldBy.Remove(peer, out var told))
        {
            foreach (var name in told.ToArray())
            {
                Untell(peer, told, name);
            }
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

    private static bool IsLease(KnownNode node) => node is { IsOriginal: true, Status.Online: true };

    // The clock of a node may be set back, and a node that a peer takes for offline keeps its stamp.
    private static bool IsOtherWord(NodeStatus known, NodeStatus status) => known.Ts != status.Ts || (known.Online && !status.Online);

    private void Untell(string peer, HashSet<string> told, string name)
    {
        if (!told.Remove(name) || _toldBy.Any(other => other.Key != peer && other.Value.Contains(name)) || !_nodes.Remove(name, out var node))
        {
            return;
        }

        Unlist(node);
        _ = _leaseChanges.Add(name);
        _gone[name] = NextSeq(matters: true);
        OnlineVersion++;
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
        var matters = true;
        if (_nodes.TryGetValue(node.Name, out var known))
        {
            matters = node.Status.DiffersFrom(known.Status);
            Unlist(known);
        }

        node = node with { Seq = NextSeq(matters) };
        _nodes[node.Name] = node;
        _ = _gone.Remove(node.Name);
        _heard.Enqueue(node);
        OnlineVersion += known?.Status.Online == node.Status.Online ? 0 : 1;
        if ((known is not null && IsLease(known)) != IsLease(node))
        {
            _ = _leaseChanges.Add(node.Name);
        }

        if (node.Status.Online)
        {
            foreach (var pool in node.Status.Pools.Keys)
            {
                if (!_byPool.TryGetValue(pool, out var nodes))
                {
                    nodes = [];
                    _byPool.Add(pool, nodes);
                }

                nodes.Add(node);
            }
        }
    }

    private void Unlist(KnownNode node)
    {
        foreach (var pool in node.Status.Pools.Keys)
        {
            if (_byPool.TryGetValue(pool, out var nodes) && nodes.RemoveAll(other => ReferenceEquals(other, node)) > 0 && nodes.Count is 0)
            {
                _ = _byPool.Remove(pool);
            }
        }
    }
}
