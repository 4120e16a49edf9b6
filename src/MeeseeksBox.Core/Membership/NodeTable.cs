using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>The other nodes of the cluster, with indexes by name, by pool and by reporting peer.</summary>
public sealed class NodeTable
{
    // A peer can report and remove new names at each reply.
    private const int MostRemovals = 10_000;

    private readonly Dictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly SortedSet<KnownNode> _bySeq = new(Comparer<KnownNode>.Create(static (left, right) => left.Seq.CompareTo(right.Seq)));
    private readonly Dictionary<string, Dictionary<string, KnownNode>> _byPool = new(StringComparer.Ordinal);
    private readonly NodeReports _reports = new();

    // The names that are gone, with their numbers of change and in the order of these. A name that came back has no number any more.
    private readonly Dictionary<string, long> _removed = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, long Seq)> _removals = new();

    // Readers up to this number of change get all nodes, because the list of removals does not reach back to it.
    private long _removalsSince;
    private long _removedSeq;
    private readonly Dictionary<string, double> _repliedAt = new(StringComparer.Ordinal);

    // One entry for each online node, by a time of a report of it. A later time is looked up when the entry is at the head.
    private readonly PriorityQueue<string, double> _timeouts = new();
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leaseChanges = new(StringComparer.Ordinal);
    private readonly HashSet<string> _offerChanges = new(StringComparer.Ordinal);
    private readonly Effects _effects;
    private readonly NodeRivals _rivals;

    internal NodeTable(Effects effects) => (_effects, _rivals) = (effects, new NodeRivals(effects));

    /// <summary>All other nodes, ordered by name.</summary>
    public IEnumerable<KnownNode> All => _names.Select(name => _nodes[name]);

    /// <summary>The number of change of the latest change of any status, our own included.</summary>
    public long Seq { get; private set; }

    /// <summary>The number of change of the latest significant change: of more than a load average or a stamp.</summary>
    public long SignificantSeq { get; private set; }

    /// <summary>Counts the changes of the set of nodes that are online.</summary>
    internal int OnlineVersion { get; private set; }

    /// <summary>The number of kept reports, replaced ones included.</summary>
    internal int ReportCount => _timeouts.Count;

    /// <summary>A node by its name; null when it is not known.</summary>
    public KnownNode? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The present lease of a node on its jobs.</summary>
    internal Lease LeaseOf(string name) => _nodes.TryGetValue(name, out var node) ? LeaseOf(node.Status) : Lease.None;

    /// <summary>Takes the names of the nodes whose <see cref="LeaseOf(string)"/> may have changed since the last call.</summary>
    internal string[] TakeLeaseChanges()
    {
        string[] changes = [.. _leaseChanges];
        _leaseChanges.Clear();
        return changes;
    }

    /// <summary>Takes the names of the nodes whose pools or load may have changed since the last call.</summary>
    internal string[] TakeOfferChanges()
    {
        if (_offerChanges.Count is 0)
            return [];

        string[] changes = [.. _offerChanges];
        _offerChanges.Clear();
        return changes;
    }

    /// <summary>The online nodes that have a pool.</summary>
    public IReadOnlyCollection<KnownNode> WithPool(string pool) => _byPool.TryGetValue(pool, out var nodes) ? nodes.Values : [];

    /// <summary>True when a peer reports a node: jobs for the node are sent to that peer.</summary>
    public bool IsReachedThrough(string peer, string node) => _reports.Has(peer, node);

    /// <summary>The peers that report a node.</summary>
    internal string[] PeersOf(string node) => _reports.PeersOf(node);

    /// <summary>The nodes that a peer reports.</summary>
    internal IReadOnlyCollection<string> ReachedThrough(string peer) => _reports.Of(peer);

    /// <summary>The next number of change, for a status that changed.</summary>
    /// <param name="isSignificant">Whether the change is significant, so that readers receive it at once.</param>
    internal long NextSeq(bool isSignificant)
    {
        Seq++;
        if (isSignificant)
        {
            SignificantSeq = Seq;
            _effects.HaveNodesChanged = true;
        }

        return Seq;
    }

    /// <summary>The nodes that changed after a number of change, and those that were removed since.</summary>
    /// <returns>
    /// Ordered by name, at a cost in proportion to the changes. All nodes, and null in place of the removed ones, when these are not known
    /// any more.
    /// </returns>
    internal (IEnumerable<KnownNode> Changed, IReadOnlyList<string>? Gone) ChangesSince(long seq) =>
        seq is 0 || seq < _removalsSince
            ? (All, null)
            : (_bySeq.Reverse().TakeWhile(node => node.Seq > seq).OrderBy(node => node.Name, StringComparer.Ordinal),
                _removedSeq <= seq ? [] : [.. _removed.Where(gone => gone.Value > seq).Select(gone => gone.Key)]);

    /// <summary>Merges the nodes that a peer reports (docs/SPECIFICATION.md#node-status).</summary>
    /// <remarks>
    /// Of two reports of one node the one with the later stamp is kept, whichever peer it came through, and a peer may replace its own
    /// report. A node that is offline by its latest report is online again by any other one: its clock may have been set back. Only stamps
    /// of the same node are compared with each other, never with the local clock.
    /// </remarks>
    /// <param name="peer">The name of the peer.</param>
    /// <param name="here">The name of this node, whose own status is never merged.</param>
    /// <param name="statuses">The status of each node.</param>
    /// <param name="gone">Nodes that the peer no longer reaches; null when <paramref name="statuses"/> has all that it reaches.</param>
    /// <param name="now">The time.</param>
    /// <returns>The nodes that the peer reaches now, and did not reach before.</returns>
    internal IReadOnlyList<string> Merge(
        string peer,
        string here,
        IReadOnlyDictionary<string, NodeStatus> statuses,
        IReadOnlyList<string>? gone,
        Instant now)
    {
        foreach (var name in gone ?? [.. _reports.Of(peer).Where(name => !statuses.ContainsKey(name))])
            RemoveReport(peer, name);

        _rivals.RemoveGone(peer, name => gone?.Contains(name) ?? !statuses.ContainsKey(name));
        var added = new List<string>();
        var isLegacy = (statuses.GetValueOrDefault(peer) ?? Find(peer)?.Status) is { IsLegacy: true };
        foreach (var (name, received) in statuses.Where(status => status.Key != here))
        {
            var status = isLegacy ? received.WithoutLease() : received;
            if (IsFormerStart(peer, name, status) || IsRival(peer, name, status))
            {
                _ = _reports.Remove(peer, name);
                continue;
            }

            if (_reports.Add(peer, name, status.Online ? status.Instance : null))
                added.Add(name);
            if (!_nodes.TryGetValue(name, out var node) || Replaces(status, peer, node))
            {
                RemoveReportsOfFormerStart(peer, node, status);
                Upsert(new KnownNode(name, status, peer, now.Monotonic, 0));
            }
        }

        return added;
    }

    /// <summary>Notes a reply of a peer. It vouches for the online nodes that it has reported, itself included.</summary>
    /// <remarks>
    /// A peer reports a node that goes offline at once, and the present load of the others as rarely as it asks for it. Not to be called
    /// for a legacy peer.
    /// </remarks>
    internal void NoteReply(string peer, Instant now) => _repliedAt[peer] = now.Monotonic;

    /// <summary>Removes the nodes that only this peer reports, because it was removed from the configuration or rejected.</summary>
    internal void Forget(string peer)
    {
        _ = _repliedAt.Remove(peer);
        _rivals.RemoveAll(peer);
        foreach (var name in _reports.Of(peer).ToArray())
            RemoveReport(peer, name);
    }

    /// <summary>When the next node goes offline without a report, in monotonic seconds; null when none is online.</summary>
    internal double? NextTimeout(double timeout) => OldestOnline() is (_, var at) ? at + timeout : null;

    /// <summary>Marks the nodes without a report for <paramref name="timeout"/> seconds as offline.</summary>
    internal void TimeOut(double timeout, Instant now)
    {
        while (OldestOnline() is ({ } node, var at) && at + timeout <= now.Monotonic)
            Upsert(node with { Status = node.Status with { Online = false } });
    }

    /// <summary>True when a peer reports another box under the name of a node. Its jobs are not those of the node.</summary>
    internal bool IsOfRival(string peer, string? node) => node is not null && _rivals.Has(node, peer);

    /// <summary>True when a peer reports another box under the name of any node.</summary>
    internal bool HasRivals(string peer) => _rivals.HasAny(peer);

    // Another peer, which also reports it, has not received its new start.
    private bool IsFormerStart(string peer, string name, NodeStatus status) =>
        _rivals.IsFormer(name, status) && _reports.PeersOf(name).Any(other => other != peer);

    // The one that is known keeps the name while it is online and another peer reports it.
    private bool IsRival(string peer, string name, NodeStatus status)
    {
        if (Find(name) is { Status: { Online: true, Instance: { } first } known } node && status.Instance is { } second)
        {
            if (first == second && status.Ts > known.Ts)
                _rivals.NoteFirst(name, peer, status.Ts);
            if (first != second && IsAlsoReported(peer, name, first) && !IsRestart(peer, name, first, second))
            {
                // One that is offline is perhaps a former start.
                if (status.Online)
                    _rivals.Add(name, peer, status, node);

                return true;
            }
        }

        _rivals.Remove(name, peer);
        return false;
    }

    private bool IsAlsoReported(string peer, string name, string instance) => _reports.PeersOf(name)
        .Any(other => other != peer && _reports.HasOnline(other, name, instance) && Find(other)?.Status.Online is not false);

    // Where the peer had the box, it has another start of it now.
    private bool IsRestart(string peer, string name, string former, string present) =>
        _reports.HasOnline(peer, name, former) && NodeRivals.AreSameBox(former, present);

    // The other peers reach the node again when they report its new start. A copy of the state file may be in use beside the first one, and
    // another box of that name may come back to a peer that has it as offline.
    private void RemoveReportsOfFormerStart(string peer, KnownNode? former, NodeStatus status)
    {
        if (former is not { Name: { } name, Status.Instance: { } instance } || instance == status.Instance)
            return;

        var isOther = status.Instance is { } present && !NodeRivals.AreSameBox(instance, present);
        foreach (var other in _reports.PeersOf(name).Where(other => other != peer))
        {
            if (isOther || _reports.HasOnline(other, name, instance))
                _ = _reports.Remove(other, name);
        }
    }

    // The later versions of the original do not refresh running jobs.
    private static Lease LeaseOf(NodeStatus? status) => status is not { Online: true } ? Lease.None
        : status.IsLegacy ? Lease.Legacy
        : status.HasLease ? Lease.Full
        : Lease.None;

    // The clock of a node may be set back: then the peer that reported it, or any peer once the node is offline, has an earlier stamp. A
    // peer that marks a node as offline keeps the stamp of its last status.
    private static bool Replaces(NodeStatus status, string peer, KnownNode known)
    {
        var goesOffline = known.Status.Online && !status.Online;
        var comesBack = !known.Status.Online && status.Online;
        return status.Ts > known.Status.Ts
            || (known.Peer == peer && goesOffline)
            || (status.Ts < known.Status.Ts && (known.Peer == peer || comesBack));
    }

    private void RemoveReport(string peer, string name)
    {
        if (!_reports.Remove(peer, name) || _reports.PeersOf(name) is not [] || !_nodes.Remove(name, out var node))
            return;

        _ = _names.Remove(name);
        _rivals.Forget(name);
        _ = _bySeq.Remove(node);
        RemoveFromPools(node, []);
        _ = _leaseChanges.Add(name);
        RecordRemoval(name, NextSeq(isSignificant: true));
        OnlineVersion += node.Status.Online ? 1 : 0;
    }

    private void RecordRemoval(string name, long seq)
    {
        _removed[name] = _removedSeq = seq;
        _removals.Enqueue((name, seq));
        while (_removals.Count > MostRemovals)
        {
            var (oldest, at) = _removals.Dequeue();
            if (_removed.GetValueOrDefault(oldest) == at)
            {
                _ = _removed.Remove(oldest);
                _removalsSince = at;
            }
        }
    }

    private void AddReport(KnownNode node)
    {
        if (!node.Status.Online || !_queued.Add(node.Name))
            return;

        // One node that stays online without a new report would hold the names of removed ones behind it.
        if (_timeouts.Count > 4 * (_nodes.Count + 4))
        {
            var online = _nodes.Values.Where(other => other.Status.Online).ToList();
            _timeouts.Clear();
            _queued.Clear();
            online.ForEach(other => _ = _queued.Add(other.Name));
            online.ForEach(other => _timeouts.Enqueue(other.Name, other.ReportedAt));
            return;
        }

        _timeouts.Enqueue(node.Name, node.ReportedAt);
    }

    // The online node whose last report is the oldest.
    private (KnownNode Node, double ReportedAt)? OldestOnline()
    {
        while (_timeouts.TryPeek(out var name, out var at))
        {
            if (_nodes.GetValueOrDefault(name) is not { Status.Online: true } node)
            {
                _ = _timeouts.Dequeue();
                _ = _queued.Remove(name);
                continue;
            }

            var reportedAt = Math.Max(node.ReportedAt, _repliedAt.GetValueOrDefault(node.Peer, double.NegativeInfinity));
            if (reportedAt <= at)
                return (node, at);
            _ = _timeouts.DequeueEnqueue(name, reportedAt);
        }

        return null;
    }

    private void Upsert(KnownNode node)
    {
        var isSignificant = true;
        if (_nodes.TryGetValue(node.Name, out var known))
        {
            isSignificant = node.Status.DiffersFrom(known.Status);
            if (known.Status.Instance is not null && node.Status.Instance != known.Status.Instance)
                _rivals.NoteRestart(node.Name, known.Status);
            _ = _bySeq.Remove(known);
            RemoveFromPools(known, node.Status.Online ? node.Status.Pools : []);
        }
        else
        {
            _ = _names.Add(node.Name);
        }

        node = node with { Seq = NextSeq(isSignificant) };
        _nodes[node.Name] = node;
        _ = _bySeq.Add(node);
        _ = _offerChanges.Add(node.Name);
        _ = _removed.Remove(node.Name);
        AddReport(node);
        OnlineVersion += known is { Status.Online: true } == node.Status.Online ? 0 : 1;
        if (known is not null && known.Status.Online != node.Status.Online)
            _effects.AddOnlineChange(node);
        if (LeaseOf(known?.Status) != LeaseOf(node.Status))
            _ = _leaseChanges.Add(node.Name);

        if (node.Status.Online)
        {
            foreach (var pool in node.Status.Pools.Keys)
            {
                if (!_byPool.TryGetValue(pool, out var nodes))
                {
                    nodes = new Dictionary<string, KnownNode>(StringComparer.Ordinal);
                    _byPool.Add(pool, nodes);
                }

                nodes[node.Name] = node;
            }
        }
    }

    private void RemoveFromPools(KnownNode node, Dictionary<string, SlotCount> kept)
    {
        _ = _offerChanges.Add(node.Name);
        foreach (var pool in node.Status.Pools.Keys.Where(pool => !kept.ContainsKey(pool)))
        {
            if (_byPool.TryGetValue(pool, out var nodes) && nodes.Remove(node.Name) && nodes.Count is 0)
                _ = _byPool.Remove(pool);
        }
    }
}
