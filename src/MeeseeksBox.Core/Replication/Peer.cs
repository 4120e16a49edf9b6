namespace MeeseeksBox.Core.Replication;

/// <summary>The state of the sync with one downstream node.</summary>
/// <remarks>
/// It records which copies the peer has, which are queued for it, and up to which number of change its own were merged. The link asks the
/// core for the jobs to send and passes replies to it; nothing here blocks.
/// </remarks>
public sealed class Peer
{
    // For each job that the peer has: the number of change of the local copy that equals its copy; 0 while the copies differ.
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    // Jobs sent in further lines since the last poll. The reply to that poll may predate their arrival.
    private readonly HashSet<string> _sentSincePoll = new(StringComparer.Ordinal);
    private bool _isPoll;

    // The ids to send. The queue has their order; an id in it that is no longer in the set is skipped.
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private readonly Queue<string> _queue = new();

    internal Peer(string name) => (Name, Names) = (name, [name]);

    /// <summary>The name of the node, as in the configuration.</summary>
    public string Name { get; }

    /// <summary>Only its name.</summary>
    internal string[] Names { get; }

    /// <summary>The cursor of jobs: the number of change at the peer up to which its jobs were merged.</summary>
    public long Seq { get; internal set; }

    /// <summary>The cursor of nodes: the number of change at the peer up to which its nodes were merged.</summary>
    public long NodesSeq { get; internal set; }

    /// <summary>True when jobs are queued for the peer.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>
    /// True once the peer has sent its jobs on the present connection. Nothing is sent before, because it may have them all.
    /// </summary>
    internal bool IsSynced { get; set; }

    /// <summary>The ids of the jobs that the peer has, in this or another copy.</summary>
    internal IReadOnlyCollection<string> Known => _known.Keys;

    internal bool Knows(string id) => _known.ContainsKey(id);

    /// <summary>Records that the peer has the local copy of a job.</summary>
    internal void MarkInSync(string id, long seq)
    {
        _known[id] = seq;
        _ = _pending.Remove(id);
    }

    /// <summary>Starts a line to the peer.</summary>
    /// <param name="isPoll">Whether it asks for jobs; the next reply to merge answers this line then.</param>
    internal void BeginMessage(bool isPoll)
    {
        _isPoll = isPoll;
        if (isPoll)
            _sentSincePoll.Clear();
    }

    /// <summary>Records that the present line has the local copy of a job.</summary>
    internal void MarkSent(string id, long seq)
    {
        MarkInSync(id, seq);
        if (!_isPoll)
            _ = _sentSincePoll.Add(id);
    }

    /// <summary>True when the local copy is on its way to the peer, so that the peer's present report predates its arrival.</summary>
    internal bool IsInFlight(string id, long seq) => _sentSincePoll.Contains(id) && IsInSync(id, seq);

    /// <summary>Records that the peer has a copy that differs from the local one.</summary>
    internal void MarkDivergent(string id) => _known[id] = 0;

    internal bool IsInSync(string id, long seq) => _known.TryGetValue(id, out var known) && known == seq;

    internal void Enqueue(string id)
    {
        if (_pending.Add(id))
            _queue.Enqueue(id);
    }

    /// <summary>The next job to send; null when none is queued.</summary>
    internal string? Peek()
    {
        while (_queue.TryPeek(out var id))
        {
            if (_pending.Contains(id))
                return id;

            _ = _queue.Dequeue();
        }

        return null;
    }

    /// <summary>Removes and returns the job of <see cref="Peek"/>.</summary>
    internal string? Dequeue()
    {
        if (Peek() is not { } id)
            return null;

        _ = _pending.Remove(_queue.Dequeue());
        return id;
    }

    /// <summary>Records that the peer may have lost a job.</summary>
    internal void MarkUnknown(string id) => _known.Remove(id);

    /// <summary>Handles the removal of a job from the table.</summary>
    /// <remarks>A peer with another copy still receives the end, from the tombstone: its copy would never end otherwise.</remarks>
    internal void Forget(string id)
    {
        if (!_known.Remove(id))
            _ = _pending.Remove(id);
    }

    internal void Reset()
    {
        _known.Clear();
        _sentSincePoll.Clear();
        _pending.Clear();
        _queue.Clear();
        Seq = 0;
        NodesSeq = 0;
        IsSynced = false;
    }
}
