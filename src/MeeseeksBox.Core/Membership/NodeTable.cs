using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>The other nodes that this node has heard of: by name, by the pools that they have, and by the peers that tell of them.</summary>
public sealed class NodeTable
{
    private readonly SortedDictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<KnownNode>> _byPool = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _reportedBy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _removed = new(StringComparer.Ordinal);
    private readonly Queue<KnownNode> _reports = new();
    private readonly HashSet<string> _leaseChanges = new(StringComparer.Ordinal);
    private readonly Effects _effects;

    internal NodeTable(Effects effects) => _effects = effects;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyCollection<KnownNode> All => _nodes.Values;

    /// <summary>The number of the latest change of any status, our own included.</summary>
    public long Seq { get; private set; }

    /// <summary>The number of the latest change that somebody has to hear of at once: of more than a load average or a stamp.</summary>
    public long SignificantSeq { get; private set; }

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
    public IReadOnlyList<KnownNode> WithPool(string pool) => _byPool.TryGetValue(pool, out var nodes) ? nodes : [];

    /// <summary>True when a peer has reported of a node: what is meant for that node can be sent to the peer.</summary>
    public bool IsReachedThrough(string peer, string node) => _reportedBy.TryGetValue(peer, out var names) && names.Contains(node);

    /// <summary>The next number of change, for a status that changed.</summary>
    /// <param name="matters">Whether it is a change that somebody has to hear of at once.</param>
    internal long NextSeq(bool matters)
    {
        Seq++;
        if (matters)
        {
            SignificantSeq = Seq;
            _effects.HaveNodesChanged = true;
        }

        return Seq;
    }

    /// <summary>The nodes that changed after a number, and those that have gone since.</summary>
    internal (IEnumerable<KnownNode> Changed, IReadOnlyList<string> Gone) ChangesSince(long seq) =>
        (_nodes.Values.Where(node => node.Seq > seq), seq is 0 ? [] : [.. _removed.Where(gone => gone.Value > seq).Select(gone => gone.Key)]);

    /// <summary>
    /// Takes in what a peer tells of nodes. Of two reports of a node the one with the newer stamp holds, whichever way it came, and a
    /// peer may take back its own word (docs/SPECIFICATION.md#node-status); the stamps of one node are compared with each other only, never
    /// with our clock.
    /// </summary>
    /// <param name="peer">The downstream node that tells.</param>
    /// <param name="here">The name of this node, which knows best itself how it is.</param>
    /// <param name="statuses">The status of each node.</param>
    /// <param name="gone">Nodes that the peer does not reach any more; null when it reported of all that it reaches.</param>
    /// <param name="now">The time.</param>
    /// <returns>True when the peer reaches nodes that it did not reach before.</returns>
    internal bool Merge(string peer, string here, IReadOnlyDictionary<string, NodeStatus> statuses, IReadOnlyList<string>? gone, Instant now)
    {
        var reported = _reportedBy.TryGetValue(peer, out var known) ? known : _reportedBy[peer] = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in gone ?? [.. reported.Where(name => !statuses.ContainsKey(name))])
        {
            RemoveReport(peer, reported, name);
        }

        var grew = false;
        foreach (var (name, status) in statuses.Where(status => status.Key != here))
        {
            grew |= reported.Add(name);
            if (!_nodes.TryGetValue(name, out var node) || status.Ts > node.Status.Ts || (node.Peer == peer && IsCorrection(node.Status, status)))
            {
                Upsert(new KnownNode(name, status, peer, now.Monotonic, 0));
            }
        }

        return grew;
    }

    /// <summary>Forgets the nodes that only this peer reported of: it was taken out of the configuration, or refused.</summary>
    internal void Forget(string peer)
    {
        if (_reportedBy.Remove(peer, out var reported))
        {
            foreach (var name in reported.ToArray())
            {
                RemoveReport(peer, reported, name);
            }
        }
    }

    /// <summary>When the next node will have been silent for too long; null when none is online.</summary>
    internal double? NextTimeout(double timeout) => OldestOnline() is { } node ? node.ReportedAt + timeout : null;

    /// <summary>Takes those nodes for offline that have been silent for too long.</summary>
    internal void TimeOut(double timeout, Instant now)
    {
        while (OldestOnline() is { } node && node.ReportedAt + timeout <= now.Monotonic)
        {
            Upsert(node with { Status = node.Status with { Online = false } });
        }
    }

    private static bool IsLease(KnownNode node) => node is { IsLegacy: true, Status.Online: true };

    // The clock of a node may be set back, and a node that a peer takes for offline keeps its stamp.
    private static bool IsCorrection(NodeStatus known, NodeStatus status) => known.Ts != status.Ts || (known.Online && !status.Online);

    private void RemoveReport(string peer, HashSet<string> reported, string name)
    {
        if (!reported.Remove(name) || _reportedBy.Any(other => other.Key != peer && other.Value.Contains(name)) || !_nodes.Remove(name, out var node))
        {
            return;
        }

        RemoveFromPools(node);
        _ = _leaseChanges.Add(name);
        _removed[name] = NextSeq(matters: true);
        OnlineVersion++;
    }

    // The queue holds every report in the order in which they came; those that a later one has replaced are dropped when they come up.
    private KnownNode? OldestOnline()
    {
        while (_reports.TryPeek(out var node))
        {
            if (node.Status.Online && ReferenceEquals(_nodes.GetValueOrDefault(node.Name), node))
            {
                return node;
            }

            _ = _reports.Dequeue();
        }

        return null;
    }

    private void Upsert(KnownNode node)
    {
        var matters = true;
        if (_nodes.TryGetValue(node.Name, out var known))
        {
            matters = node.Status.DiffersFrom(known.Status);
            RemoveFromPools(known);
        }

        node = node with { Seq = NextSeq(matters) };
        _nodes[node.Name] = node;
        _ = _removed.Remove(node.Name);
        _reports.Enqueue(node);
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

    private void RemoveFromPools(KnownNode node)
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
