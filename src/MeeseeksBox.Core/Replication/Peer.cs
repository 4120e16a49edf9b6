namespace MeeseeksBox.Core.Replication;

/// <summary>
/// A downstream node that this node is linked with: what it has been told of jobs, what it has told, and what is to be sent to it. A link
/// asks the ledger what to send and hands it what comes back; nothing here waits.
/// </summary>
public sealed class Peer
{
    // For each job that the peer knows of: the number of our copy that is as good as its own; 0 when ours is another.
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    // What was sent in lines that follow on the turn under way: the answer to that turn may tell of what was before them.
    private readonly HashSet<string> _sentSincePoll = new(StringComparer.Ordinal);
    private bool _isPoll;

    // What is to be sent, in its order; ids that have left the set are passed over.
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private readonly Queue<string> _queue = new();

    internal Peer(string name) => Name = name;

    /// <summary>Its name, as the configuration has it.</summary>
    public string Name { get; }

    /// <summary>The number of change up to which its jobs have been taken in.</summary>
    public long Seq { get; internal set; }

    /// <summary>The number of change up to which its nodes have been taken in.</summary>
    public long NodesSeq { get; internal set; }

    /// <summary>True when there is something to be sent to it.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>True since it has told of its jobs on the present connection: nothing is sent to it before, because it may know it all.</summary>
    internal bool IsSynced { get; set; }

    internal bool Knows(string id) => _known.ContainsKey(id);

    /// <summary>Takes note that the peer has a job as we have it.</summary>
    internal void MarkInSync(string id, long seq)
    {
        _known[id] = seq;
        _ = _pending.Remove(id);
    }

    /// <summary>A line is sent, with what follows.</summary>
    /// <param name="isPoll">Whether it asks for news, so that the next answer that is taken in is the one to it.</param>
    internal void BeginMessage(bool isPoll)
    {
        _isPoll = isPoll;
        if (isPoll)
        {
            _sentSincePoll.Clear();
        }
    }

    /// <summary>A job is sent in the present line, as we have it.</summary>
    internal void MarkSent(string id, long seq)
    {
        MarkInSync(id, seq);
        if (!_isPoll)
        {
            _ = _sentSincePoll.Add(id);
        }
    }

    /// <summary>True when our copy with this number is on its way to the peer, so that what the peer tells now is from before it has come there.</summary>
    internal bool IsInFlight(string id, long seq) => _sentSincePoll.Contains(id) && IsInSync(id, seq);

    /// <summary>Takes note that the peer has another copy of a job than we have.</summary>
    internal void MarkDivergent(string id) => _known[id] = 0;

    internal bool IsInSync(string id, long seq) => _known.TryGetValue(id, out var known) && known == seq;

    internal void Enqueue(string id)
    {
        if (_pending.Add(id))
        {
            _queue.Enqueue(id);
        }
    }

    internal string? Dequeue()
    {
        while (_queue.TryDequeue(out var id))
        {
            if (_pending.Remove(id))
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>Takes note that it is not known whether the peer still has a job.</summary>
    internal void MarkUnknown(string id) => _known.Remove(id);

    /// <summary>A job has left the table. Of its end the peer still hears when it has another copy, which would never end otherwise.</summary>
    internal void Forget(string id)
    {
        if (!_known.Remove(id))
        {
            _ = _pending.Remove(id);
        }
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
