using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>All jobs of this node, with indexes by id, queue, change and deadline.</summary>
/// <remarks>Every <see cref="Upsert"/> maintains every index, so that no query scans all jobs.</remarks>
internal sealed class JobTable(NodeSettings settings, Effects effects, NodeTable nodes, PeerTable peers)
{
    private readonly Dictionary<string, JobEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<QueueKey, JobQueue> _queues = [];
    private readonly PriorityQueue<JobEntry, double> _delayed = new();
    private readonly StringPool _strings = new();
    private NodeSettings _settings = settings;
    private long _seq;

    /// <summary>All entries, in the order of their last changes.</summary>
    public IntrusiveList Changes { get; } = new(IntrusiveList.ByChange);

    /// <summary>Ended jobs, which are removed when they expire.</summary>
    public IntrusiveList Ended { get; } = new(IntrusiveList.ByDue);

    /// <summary>Active jobs of other nodes, which are presumed lost without a report.</summary>
    public IntrusiveList AtWorkElsewhere { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs of other nodes under a <see cref="Lease.Full"/> lease. They have no deadline.</summary>
    public IntrusiveList Leased { get; } = new(IntrusiveList.ByDue);

    /// <summary>Live, active jobs under a <see cref="Lease.Legacy"/> lease.</summary>
    /// <remarks>They do not expire. Without a report, they are offered to their node again after a while.</remarks>
    public IntrusiveList LeasedToLegacy { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs that wait on other nodes, and are resent there after a while.</summary>
    public IntrusiveList WaitingElsewhere { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs of other nodes that have not ended.</summary>
    public IEnumerable<JobEntry> LiveElsewhere =>
        AllIn(Leased).Concat(AllIn(LeasedToLegacy)).Concat(AllIn(AtWorkElsewhere)).Concat(AllIn(WaitingElsewhere));

    /// <summary>Pools in which an unassigned job was added or a slot was freed.</summary>
    public HashSet<string> PoolsToAssign { get; } = new(StringComparer.Ordinal);

    /// <summary>The jobs that were removed last.</summary>
    public Tombstones Tombstones { get; } = new();

    /// <summary>The number of jobs.</summary>
    public int Count => _entries.Count;

    /// <summary>The number of change of the latest change.</summary>
    public long Seq => _seq;

    public IReadOnlyDictionary<QueueKey, JobQueue> Queues => _queues;

    public bool TryFind(string id, [NotNullWhen(true)] out JobEntry? entry) => _entries.TryGetValue(id, out entry);

    /// <summary>The number of jobs that occupy a pool on a node, running or waiting.</summary>
    public int Occupied(string node, string pool) => _queues.TryGetValue(new(node, pool), out var queue) ? queue.Occupied : 0;

    /// <summary>The queue of a pool on a node, or with null the unassigned jobs of the pool; null when it is empty.</summary>
    public JobQueue? Queue(string? node, string pool) => _queues.GetValueOrDefault(new(node, pool));

    /// <summary>Adds or replaces a job by its id, and gives it the next number of change.</summary>
    public JobEntry Upsert(Job job, Instant now)
    {
        job = _strings.Of(job, ++_seq);
        if (_entries.TryGetValue(job.Id, out var entry))
        {
            Changes.Remove(entry);
            LeaveWaiting(entry);
            LeaveDueList(entry);
            entry.Job = job;
        }
        else
        {
            entry = new JobEntry(job);
            _entries.Add(job.Id, entry);
            Tombstones.Remove(job.Id);
        }

        entry.TouchedAt = now.Monotonic;
        Changes.Add(entry);
        EnterQueue(entry, QueueKeyOf(job));
        EnterDueList(entry);
        EnterWaiting(entry, now);
        effects.HaveJobsChanged = true;
        peers.Changed(entry);
        return entry;
    }

    /// <summary>Lets the numbers of change continue after one from before a restart of the box.</summary>
    public void AdvanceSeqTo(long seq) => _seq = Math.Max(_seq, seq);

    /// <summary>Removes a job, and keeps its tombstone.</summary>
    public void Remove(JobEntry entry)
    {
        _ = _entries.Remove(entry.Job.Id);
        Tombstones.Add(entry.Job);
        Changes.Remove(entry);
        LeaveWaiting(entry);
        LeaveDueList(entry);
        EnterQueue(entry, null);
        effects.AddRemovedJob(entry.Job.Id);
        peers.Removed(entry.Job.Id);
    }

    /// <summary>Updates whether an entry waits, after a change outside the job itself: of its run, or of its delay.</summary>
    public void Refresh(JobEntry entry, Instant now)
    {
        LeaveWaiting(entry);
        EnterWaiting(entry, now);
    }

    /// <summary>Clears the deadline of an entry until its next change.</summary>
    public static void ClearDeadline(JobEntry entry) => LeaveDueList(entry);

    /// <summary>Applies new settings, and moves every job to the queue and deadline that follow from them.</summary>
    public void Apply(NodeSettings settings, Instant now)
    {
        _settings = settings;
        for (var entry = Changes.First; entry is not null; entry = Changes.Next(entry))
        {
            LeaveWaiting(entry);
            EnterQueue(entry, QueueKeyOf(entry.Job));
            EnterWaiting(entry, now);
        }

        // The kind of a deadline may change with the queue. Each list must keep the order of the last touch.
        foreach (var entry in AllIn(Changes).OrderBy(entry => entry.TouchedAt))
        {
            LeaveDueList(entry);
            EnterDueList(entry);
        }
    }

    /// <summary>Restarts the deadline of an entry that has not changed.</summary>
    public void Postpone(JobEntry entry, Instant now)
    {
        LeaveDueList(entry);
        entry.TouchedAt = now.Monotonic;
        EnterDueList(entry);
    }

    /// <summary>Moves the jobs of a node under its present lease, or out of one that has ended.</summary>
    public void ApplyLease(string node, Instant now)
    {
        foreach (var entry in LiveElsewhere.Where(entry => entry.Job.Status.Node == node).ToArray())
        {
            Postpone(entry, now);
        }
    }

    /// <summary>The jobs that changed after a number of change, in the order of their changes.</summary>
    /// <remarks>The cost is in proportion to the newer jobs, not to all jobs.</remarks>
    public List<Job> ChangesSince(long seq)
    {
        var newer = new List<Job>();
        for (var entry = Changes.Last; entry is not null && entry.Job.Seq > seq; entry = Changes.Previous(entry))
        {
            newer.Add(entry.Job);
        }

        newer.Reverse();
        return newer;
    }

    /// <summary>All jobs, in the order of their last changes.</summary>
    public Job[] Snapshot()
    {
        var jobs = new Job[_entries.Count];
        var index = 0;
        for (var entry = Changes.First; entry is not null; entry = Changes.Next(entry))
        {
            jobs[index++] = entry.Job;
        }

        return jobs;
    }

    /// <summary>The end of the earliest delay, in monotonic seconds; null when no job is delayed.</summary>
    public double? NextDelayed => _delayed.TryPeek(out _, out var time) ? time : null;

    /// <summary>Puts the jobs whose delay is over into their queues again.</summary>
    /// <returns>The entries of these jobs.</returns>
    public IReadOnlyList<JobEntry> ReleaseDelayed(Instant now)
    {
        List<JobEntry> due = [];
        while (_delayed.TryPeek(out _, out var time) && time <= now.Monotonic)
        {
            var entry = _delayed.Dequeue();
            if (_entries.TryGetValue(entry.Job.Id, out var present) && present == entry)
            {
                Refresh(entry, now);
                due.Add(entry);
            }
        }

        return due;
    }

    /// <summary>Has <see cref="ReleaseDelayed"/> return an entry at a time, in monotonic seconds.</summary>
    public void RemindAt(JobEntry entry, double time) => _delayed.Enqueue(entry, time);

    /// <summary>True when the job is on this node, and the node has its pool.</summary>
    public bool IsHere(Job job) => IsHere(job.Status.Node, job.Spec.Pool);

    /// <summary>True when the node is this one, and has the pool.</summary>
    public bool IsHere(string? node, string pool) => node == _settings.Name && _settings.Pool(pool) is not null;

    // A job on this node whose pool the node does not have is placed like an unassigned one (docs/SPECIFICATION.md#candidates).
    private QueueKey? QueueKeyOf(Job job) => job.HasEnded ? null
        : job.IsLive && (job.Status.Node is null || (job.Status.Node == _settings.Name && !IsHere(job))) ? new(null, job.Spec.Pool)
        : job.Status.Node is null ? null
        : new(job.Status.Node, job.Spec.Pool);

    private void EnterQueue(JobEntry entry, QueueKey? place)
    {
        var left = entry.Queue;
        if (left?.Key == place)
        {
            return;
        }

        if (left is not null)
        {
            left.Occupied--;
            _ = PoolsToAssign.Add(left.Key.Pool);
            if (left.Occupied is 0)
            {
                _ = _queues.Remove(left.Key);
            }
        }

        entry.Queue = null;
        if (place is { } key)
        {
            if (!_queues.TryGetValue(key, out var queue))
            {
                queue = new JobQueue(key);
                _queues.Add(key, queue);
            }

            queue.Occupied++;
            entry.Queue = queue;
        }
    }

    private void EnterWaiting(JobEntry entry, Instant now)
    {
        var job = entry.Job;
        if (job.Status.State is not JobState.New || entry.Run is not null || entry.StaleRun is not null || entry.Queue is not { } queue)
        {
            return;
        }

        var isUnassigned = queue.Key.Node is null;
        if ((!isUnassigned && queue.Key.Node != _settings.Name) || (job.Spec.Hold is true && !(isUnassigned && _settings.WaitInPool)))
        {
            return;
        }

        if (entry.NotBefore > now.Monotonic)
        {
            _delayed.Enqueue(entry, entry.NotBefore);
            return;
        }

        _ = queue.Waiting.Add(entry);
        entry.IsWaiting = true;
        if (isUnassigned)
        {
            _ = PoolsToAssign.Add(job.Spec.Pool);
        }
        else
        {
            effects.Wake(job.Spec.Pool);
        }
    }

    private static void LeaveWaiting(JobEntry entry)
    {
        if (entry.IsWaiting)
        {
            _ = entry.Queue!.Waiting.Remove(entry);
            entry.IsWaiting = false;
        }
    }

    private void EnterDueList(JobEntry entry)
    {
        entry.DueList = entry.Queue switch
        {
            null => Ended,
            { Key.Node: null } => null,
            { Key.Node: { } node } queue when node == _settings.Name => queue.Live,
            { Key.Node: { } node } => nodes.LeaseOf(node) switch
            {
                Lease.Full => Leased,
                _ when entry.Job.Status is { State: JobState.New, Active: false } => WaitingElsewhere,
                Lease.Legacy when entry.Job.IsLive => LeasedToLegacy,
                _ => AtWorkElsewhere,
            },
        };
        entry.DueList?.Add(entry);
    }

    private static void LeaveDueList(JobEntry entry)
    {
        entry.DueList?.Remove(entry);
        entry.DueList = null;
    }

    private static IEnumerable<JobEntry> AllIn(IntrusiveList list)
    {
        for (var entry = list.First; entry is not null; entry = list.Next(entry))
        {
            yield return entry;
        }
    }
}
