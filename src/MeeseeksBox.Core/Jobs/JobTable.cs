using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>
/// All jobs that this node knows of, found by id, by queue, by order of change and by deadline. Every index is kept at every
/// <see cref="Upsert"/>, so that no question is answered by looking at all jobs.
/// </summary>
internal sealed class JobTable(NodeSettings settings, Effects effects, NodeTable nodes, PeerTable peers)
{
    private readonly Dictionary<string, JobEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<QueueKey, JobQueue> _queues = [];
    private readonly PriorityQueue<JobEntry, double> _delayed = new();
    private readonly StringPool _strings = new();
    private NodeSettings _settings = settings;
    private long _seq;

    /// <summary>All entries, the one that changed last at the end.</summary>
    public IntrusiveList Changes { get; } = new(IntrusiveList.ByChange);

    /// <summary>Jobs that leave when they expire.</summary>
    public IntrusiveList Ended { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs at work on other nodes, which are lost when nothing is heard of them.</summary>
    public IntrusiveList AtWorkElsewhere { get; } = new(IntrusiveList.ByDue);

    /// <summary>
    /// Live jobs at work on nodes whose status stands for them (<see cref="NodeTable.IsLeased"/>): they do not expire, but are sent again
    /// when nothing was heard of them for a while.
    /// </summary>
    public IntrusiveList Leased { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs that wait on other nodes, which are told again after a while.</summary>
    public IntrusiveList WaitingElsewhere { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs that are not over on other nodes.</summary>
    public IEnumerable<JobEntry> LiveElsewhere => AllIn(Leased).Concat(AllIn(AtWorkElsewhere)).Concat(AllIn(WaitingElsewhere));

    /// <summary>Pools in which a job that is to be given a node has come, or a slot has been freed.</summary>
    public HashSet<string> PoolsToAssign { get; } = new(StringComparer.Ordinal);

    /// <summary>Jobs that have left.</summary>
    public Tombstones Tombstones { get; } = new();

    /// <summary>How many jobs there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The number of the latest change.</summary>
    public long Seq => _seq;

    public IReadOnlyDictionary<QueueKey, JobQueue> Queues => _queues;

    public bool TryFind(string id, [NotNullWhen(true)] out JobEntry? entry) => _entries.TryGetValue(id, out entry);

    /// <summary>The jobs that a node has in hand or waiting, of one pool.</summary>
    public int Occupied(string node, string pool) => _queues.TryGetValue(new(node, pool), out var queue) ? queue.Occupied : 0;

    /// <summary>The queue of a pool of this node, or with no node the jobs of a pool that are to be given one.</summary>
    public JobQueue? Queue(string? node, string pool) => _queues.GetValueOrDefault(new(node, pool));

    /// <summary>Makes a job the present one under its id, and gives it the next number of change.</summary>
    public JobEntry Upsert(Job job, Instant now)
    {
        job = _strings.Of(job) with { Seq = ++_seq };
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

    /// <summary>Lets the numbers of change go on after one that was given in an earlier life of the node.</summary>
    public void AdvanceSeqTo(long seq) => _seq = Math.Max(_seq, seq);

    /// <summary>Takes a job out of the table.</summary>
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

    /// <summary>Puts an entry where it belongs after something that is not part of the job has changed: its run, its pause.</summary>
    public void Refresh(JobEntry entry, Instant now)
    {
        LeaveWaiting(entry);
        EnterWaiting(entry, now);
    }

    /// <summary>Forgets the deadline of an entry until it changes again.</summary>
    public static void ClearDeadline(JobEntry entry) => LeaveDueList(entry);

    /// <summary>Goes by other settings from now on; every job is put where it belongs then.</summary>
    public void Apply(NodeSettings settings, Instant now)
    {
        _settings = settings;
        for (var entry = Changes.First; entry is not null; entry = Changes.Next(entry))
        {
            LeaveWaiting(entry);
            EnterQueue(entry, QueueKeyOf(entry.Job));
            EnterWaiting(entry, now);
        }

        // Kinds of deadlines may have changed too; within each kind the order of the last touch must stay.
        foreach (var entry in AllIn(Changes).OrderBy(entry => entry.TouchedAt))
        {
            LeaveDueList(entry);
            EnterDueList(entry);
        }
    }

    /// <summary>Lets the deadline of an entry begin again, although the entry has not changed.</summary>
    public void Postpone(JobEntry entry, Instant now)
    {
        LeaveDueList(entry);
        entry.TouchedAt = now.Monotonic;
        EnterDueList(entry);
    }

    /// <summary>Starts the deadlines of the jobs at work on a node, or takes them away, by <see cref="NodeTable.IsLeased"/>.</summary>
    public void ApplyLease(string node, Instant now)
    {
        var isLeased = nodes.IsLeased(node);
        var candidates = AllIn(isLeased ? AtWorkElsewhere : Leased);
        foreach (var entry in candidates.Where(entry => entry.Job.Node == node && entry.Job.IsLive).ToArray())
        {
            Postpone(entry, now);
        }
    }

    /// <summary>The jobs that changed after a number, in the order of their changes. Costs what is newer, not what there is.</summary>
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

    /// <summary>All jobs as they are now, in the order of their last changes.</summary>
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

    /// <summary>When the earliest pause between two runs is over, by the steady clock.</summary>
    public double? NextDelayed => _delayed.TryPeek(out _, out var time) ? time : null;

    /// <summary>Lets those jobs wait for a slot whose pause is over.</summary>
    /// <returns>The entries whose time has come.</returns>
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

    /// <summary>Has <see cref="ReleaseDelayed"/> return an entry at a time, by the steady clock.</summary>
    public void RemindAt(JobEntry entry, double time) => _delayed.Enqueue(entry, time);

    /// <summary>True when the job is on this node, in a pool that is here.</summary>
    public bool IsHere(Job job) => job.Node == _settings.Name && _settings.Pool(job.Pool) is not null;

    // A job for this node whose pool is not here is placed like one without a node (docs/SPECIFICATION.md#candidates).
    private QueueKey? QueueKeyOf(Job job) => job.HasEnded ? null
        : job.IsLive && (job.Node is null || (job.Node == _settings.Name && !IsHere(job))) ? new(null, job.Pool)
        : job.Node is null ? null
        : new(job.Node, job.Pool);

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
        if (job.State is not JobState.New || entry.Run is not null || entry.StaleRun is not null || entry.Queue is not { } queue)
        {
            return;
        }

        var toRoute = queue.Key.Node is null;
        if ((!toRoute && queue.Key.Node != _settings.Name) || (job.Hold is true && !(toRoute && _settings.WaitInPool)))
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
        if (toRoute)
        {
            _ = PoolsToAssign.Add(job.Pool);
        }
        else
        {
            effects.Wake(job.Pool);
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
        var job = entry.Job;
        entry.DueList = entry.Queue is { } queue && queue.Key.Node == _settings.Name ? queue.Live
            : entry.Queue is null ? Ended
            : entry.Queue.Key.Node is null ? null
            : job.Active || job.State is not JobState.New ? (job.IsLive && nodes.IsLeased(job.Node!) ? Leased : AtWorkElsewhere)
            : WaitingElsewhere;
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
