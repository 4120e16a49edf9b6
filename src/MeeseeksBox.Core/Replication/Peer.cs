using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>The state of the sync with one downstream node.</summary>
/// <remarks>
/// It records which copies the peer has, which are queued for it, and up to which number of change its own were merged. The link asks the
/// core for the jobs to send and passes replies to it; nothing here blocks.
/// </remarks>
public sealed class Peer
{
    private const int MostSkipped = 1000;

    // For each job that the peer has: the number of change of the local copy that equals its copy; 0 while the copies differ.
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    // Jobs sent in further lines since the last poll. The reply to that poll may predate their arrival.
    private readonly HashSet<string> _sentSincePoll = new(StringComparer.Ordinal);
    private bool _isPoll;

    // Copies without a spec, of jobs whose spec here is another one. They are looked up.
    private readonly Dictionary<string, Job> _incomplete = new(StringComparer.Ordinal);

    // The ids to send. The queue has their order; an id in it that is no longer in the set is skipped.
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private readonly Queue<string> _queue = new();

    // Jobs whose runs the peer, a legacy node, has ended without being their node, with the epochs of the runs.
    private readonly Dictionary<string, int> _endedOrphans = new(StringComparer.Ordinal);

    // The instance of the peer to which Seq belongs; null for one that does not say. Its numbers may restart at each connection.
    private string? _instance;

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

    /// <summary>True once the peer has sent jobs. Nothing is sent before, because it may have them all.</summary>
    internal bool IsMet { get; set; }

    /// <summary>True once the peer has sent all its jobs. Those that it did not send are offered to it then.</summary>
    internal bool IsSynced { get; set; }

    /// <summary>The ids of the jobs that the peer has, in this or another copy.</summary>
    internal IReadOnlyCollection<string> Known => _known.Keys;

    /// <summary>True while the peer has more changes than its last reply.</summary>
    internal bool HasMore { get; set; }

    /// <summary>True when the peer may have removed jobs without a report of their end.</summary>
    internal bool HasGap { get; set; }

    /// <summary>True when copies of the peer were rejected that may be wanted later.</summary>
    internal bool HasRejected { get; set; }

    /// <summary>The longest line that the peer accepts, in bytes; null when it does not say.</summary>
    internal long? LongestLine { get; set; }

    /// <summary>The length of the queue, with the ids that are skipped.</summary>
    internal int QueueLength => _queue.Count;

    /// <summary>The jobs to look up: their last copies came without the spec, and it is not the one of the local copy.</summary>
    internal IReadOnlyCollection<string> Incomplete => _incomplete.Keys;

    /// <summary>Keeps a copy without its spec until the job is looked up.</summary>
    internal void AddIncomplete(Job copy) => _incomplete[copy.Id] = copy;

    /// <summary>Removes and returns a copy without its spec, after the look-up.</summary>
    internal Job? TakeIncomplete(string id) => _incomplete.Remove(id, out var copy) ? copy : null;

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

    /// <summary>Records that the peer has ended its own process of a job that runs elsewhere.</summary>
    internal void NoteOrphan(string id, int epoch) => _endedOrphans[id] = epoch;

    /// <summary>True when the peer has ended its process of a job before, and has received the local copy since.</summary>
    internal bool HasEndedOrphan(string id, int epoch) =>
        _endedOrphans.TryGetValue(id, out var noted) && noted == epoch && !_pending.Contains(id);

    internal void Enqueue(string id)
    {
        if (!_pending.Add(id))
            return;

        _queue.Enqueue(id);
        if (_queue.Count > MostSkipped + (2 * _pending.Count))
        {
            // While the peer is away, jobs come and go.
            var queued = _queue.Where(_pending.Contains).Distinct().ToList();
            _queue.Clear();
            queued.ForEach(_queue.Enqueue);
        }
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
        _ = _endedOrphans.Remove(id);
        if (!_known.Remove(id))
            _ = _pending.Remove(id);
    }

    /// <summary>Handles a reply to a request for changes after a number. Another instance of the peer counts from the beginning.</summary>
    /// <returns>False when the changes are not those after this number; all must be requested again then.</returns>
    internal bool Continue(PeerReply reply, long after)
    {
        if (reply.Instance == _instance && after == Seq && !(reply.Seq < after))
            return true;

        Reset();
        _instance = reply.Instance;
        return after is 0;
    }

    /// <summary>Handles the end of a connection. The next one goes on where this one ended, if it reaches the same instance.</summary>
    /// <param name="unanswered">The jobs that were sent without a reply, which the peer may have or not.</param>
    internal void Disconnect(IEnumerable<string> unanswered)
    {
        // After 0 is from the beginning: such a request brings no ends of jobs that the peer has removed since.
        if (_instance is null || HasRejected || Seq is 0)
        {
            Reset();
            return;
        }

        NodesSeq = 0;
        _sentSincePoll.Clear();
        foreach (var id in unanswered)
        {
            if (_known.ContainsKey(id))
                MarkDivergent(id);
            Enqueue(id);
        }
    }

    /// <summary>Forgets the copies of the peer, which are requested again then.</summary>
    internal void Reset()
    {
        _known.Clear();
        _sentSincePoll.Clear();
        _pending.Clear();
        _queue.Clear();
        _incomplete.Clear();
        _endedOrphans.Clear();
        _instance = null;
        (Seq, NodesSeq) = (0, 0);
        IsMet = IsSynced = HasMore = HasGap = HasRejected = false;
    }
}
