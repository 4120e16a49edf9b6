namespace MeeseeksBox.Core.Jobs;

/// <summary>The queues of all jobs that have not ended, by pool and node, by node, and of the unassigned jobs.</summary>
internal sealed class JobQueues
{
    private readonly Dictionary<QueueKey, JobQueue> _queues = [];
    private readonly Dictionary<string, List<JobQueue>> _byNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobQueue> _unassigned = new(StringComparer.Ordinal);
    private readonly HashSet<(string Node, string Pool)> _changes = [];

    /// <summary>All queues, none of which is empty.</summary>
    public IReadOnlyDictionary<QueueKey, JobQueue> All => _queues;

    /// <summary>The queues of unassigned jobs, by pool.</summary>
    public IReadOnlyDictionary<string, JobQueue> Unassigned => _unassigned;

    /// <summary>The jobs on a node, in no order. They must not change their queue meanwhile.</summary>
    public IEnumerable<JobEntry> OnNode(string node) =>
        _byNode.TryGetValue(node, out var queues) ? queues.SelectMany(queue => queue.Jobs.All) : [];

    /// <summary>Takes the nodes and pools whose number of jobs may have changed since the last call.</summary>
    public IReadOnlyCollection<(string Node, string Pool)> TakeChanges()
    {
        if (_changes.Count is 0)
            return [];

        (string Node, string Pool)[] changes = [.. _changes];
        _changes.Clear();
        return changes;
    }

    /// <summary>Moves a job into a queue, or with null into none.</summary>
    public void Move(JobEntry entry, QueueKey? place)
    {
        if (entry.Queue is { } left)
        {
            left.Remove(entry);
            NoteChange(left.Key);
            if (left.Occupied is 0)
                Drop(left);
        }

        entry.Queue = null;
        if (place is { } key)
        {
            if (!_queues.TryGetValue(key, out var queue))
                queue = Create(key);

            queue.Add(entry);
            NoteChange(key);
            entry.Queue = queue;
        }
    }

    private void NoteChange(QueueKey key)
    {
        if (key.Node is not null)
            _ = _changes.Add((key.Node, key.Pool));
    }

    private JobQueue Create(QueueKey key)
    {
        var queue = new JobQueue(key);
        _queues.Add(key, queue);
        if (key.Node is null)
            _unassigned.Add(key.Pool, queue);
        else if (_byNode.TryGetValue(key.Node, out var queues))
            queues.Add(queue);
        else
            _byNode.Add(key.Node, [queue]);

        return queue;
    }

    private void Drop(JobQueue queue)
    {
        _ = _queues.Remove(queue.Key);
        if (queue.Key.Node is not { } node)
            _ = _unassigned.Remove(queue.Key.Pool);
        else if (_byNode[node] is [_])
            _ = _byNode.Remove(node);
        else
            _ = _byNode[node].Remove(queue);
    }
}
