using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>All jobs of this node, with indexes by id, queue, change and deadline.</summary>
/// <remarks>Every <see cref="Upsert"/> maintains every index, so that no query scans all jobs.</remarks>
/// <param name="settings">The settings in force at first.</param>
/// <param name="effects">Receives the pools to wake, and the removed jobs.</param>
/// <param name="nodes">Decides the lease of each node.</param>
/// <param name="changed">Called after each change of a job.</param>
/// <param name="removed">Called with the entry of each removed job.</param>
internal sealed class JobTable(
    NodeSettings settings,
    Effects effects,
    NodeTable nodes,
    Action<JobEntry> changed,
    Action<JobEntry> removed)
{
    private const int LeastDelayed = 1000;

    private readonly Dictionary<string, JobEntry> _entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<JobEntry, double> _delayed = new();

    // The number of delays at which those of removed and changed jobs are dropped.
    private int _mostDelayed = LeastDelayed;
    private readonly StringPool _strings = new();
    private NodeSettings _settings = settings;
    private long _seq;

    /// <summary>All entries, in the order of their last changes.</summary>
    public IntrusiveList Changes { get; } = new(IntrusiveList.ByChange);

    /// <summary>The jobs by their deadlines.</summary>
    public DeadlineLists Deadlines { get; } = new(nodes);

    /// <summary>Pools in which an unassigned job was added or a slot was freed.</summary>
    public HashSet<string> PoolsToAssign { get; } = new(StringComparer.Ordinal);

    /// <summary>The jobs that were removed last.</summary>
    public Tombstones Tombstones { get; } = new();

    /// <summary>The number of jobs.</summary>
    public int Count => _entries.Count;

    /// <summary>The number of change of the latest change.</summary>
    public long Seq => _seq;

    /// <summary>The queues of the jobs that have not ended.</summary>
    public JobQueues Queues { get; } = new();

    public bool TryFind(string id, [NotNullWhen(true)] out JobEntry? entry) => _entries.TryGetValue(id, out entry);

    /// <summary>The number of jobs that occupy a pool on a node, running or waiting.</summary>
    public int Occupied(string node, string pool) => Queues.All.TryGetValue(new(node, pool), out var queue) ? queue.Occupied : 0;

    /// <summary>The queue of a pool on a node, or with null the unassigned jobs of the pool; null when it is empty.</summary>
    public JobQueue? Queue(string? node, string pool) => Queues.All.GetValueOrDefault(new(node, pool));

    /// <summary>Adds or replaces a job by its id, and gives it the next number of change.</summary>
    public JobEntry Upsert(Job job, Instant now)
    {
        job = _strings.Of(job, ++_seq);
        if (_entries.TryGetValue(job.Id, out var entry))
        {
            Changes.Remove(entry);
            LeaveWaiting(entry);
            DeadlineLists.Leave(entry);
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
        Deadlines.Enter(entry, _settings.Name);
        EnterWaiting(entry, now);
        effects.HaveJobsChanged = true;
        changed(entry);
        return entry;
    }

    /// <summary>Lets the numbers of change continue after one from before a restart of the box.</summary>
    public void AdvanceSeqTo(long seq) => _seq = Math.Max(_seq, seq);

    /// <summary>Removes a job, and keeps its tombstone.</summary>
    public void Remove(JobEntry entry)
    {
        _ = _entries.Remove(entry.Job.Id);
        effects.AddDroppedTombstones(Tombstones.Add(entry.Job));
        Changes.Remove(entry);
        LeaveWaiting(entry);
        DeadlineLists.Leave(entry);
        EnterQueue(entry, null);
        effects.AddRemovedJob(entry.Job.Id);
        removed(entry);
    }

    /// <summary>Adds the tombstone of a job that was removed before a restart of the box; no job in the table has one.</summary>
    /// <remarks>Its number of change is 0: no reader since the restart needs it as a change.</remarks>
    public void LoadTombstone(Job job)
    {
        if (!_entries.ContainsKey(job.Id))
            effects.AddDroppedTombstones(Tombstones.Add(_strings.Of(job, 0)));
    }

    /// <summary>Updates whether an entry waits, after a change outside the job itself: of its run, or of its delay.</summary>
    public void Refresh(JobEntry entry, Instant now)
    {
        LeaveWaiting(entry);
        EnterWaiting(entry, now);
    }

    /// <summary>The jobs on this node, and the unassigned ones, in the order of their last changes.</summary>
    public List<JobEntry> HereOrUnassigned() =>
    [
        .. Queues.OnNode(_settings.Name).Concat(Queues.Unassigned.Values.SelectMany(queue => queue.Jobs.All))
            .OrderBy(entry => entry.Job.Seq),
    ];

    /// <summary>Applies new settings of the same node. Moves each job to the queue and deadline that follow from them.</summary>
    public void Apply(NodeSettings settings, Instant now)
    {
        // The pools of this node decide on no other jobs.
        var entries = HereOrUnassigned();
        _settings = settings;
        foreach (var entry in entries)
        {
            LeaveWaiting(entry);
            EnterQueue(entry, QueueKeyOf(entry.Job));
            EnterWaiting(entry, now);
        }

        // The kind of a deadline may change with the queue. Each list must keep the order of the last touch.
        foreach (var entry in entries.OrderBy(entry => entry.TouchedAt))
        {
            DeadlineLists.Leave(entry);
            Deadlines.Enter(entry, _settings.Name);
        }
    }

    /// <summary>Restarts the deadline of an entry that has not changed.</summary>
    public void Postpone(JobEntry entry, Instant now)
    {
        DeadlineLists.Leave(entry);
        entry.TouchedAt = now.Monotonic;
        Deadlines.Enter(entry, _settings.Name);
    }

    /// <summary>Moves the jobs of a node under its present lease, or out of one that has ended.</summary>
    public void ApplyLease(string node, Instant now)
    {
        foreach (var entry in Queues.OnNode(node).Where(entry => entry.DueList is not null))
            Postpone(entry, now);
    }

    /// <summary>The first of the jobs that changed after a number of change, in the order of their changes.</summary>
    /// <remarks>
    /// The cost is in proportion to the result when the job with that change is known and has not changed again, and else to all newer
    /// jobs.
    /// </remarks>
    /// <param name="seq">The number of change.</param>
    /// <param name="last">The job with that change; null when it is not known.</param>
    /// <param name="most">The most jobs.</param>
    public List<Job> ChangesSince(long seq, Job? last, int most)
    {
        var first = FirstAfter(seq, last);
        var newer = new List<Job>();
        for (var entry = first; entry is not null && newer.Count < most; entry = Changes.Next(entry))
            newer.Add(entry.Job);

        return newer;
    }

    private JobEntry? FirstAfter(long seq, Job? last)
    {
        if (seq is 0)
            return Changes.First;
        if (last?.Seq == seq && _entries.TryGetValue(last.Id, out var known) && known.Job.Seq == seq)
            return Changes.Next(known);

        JobEntry? first = null;
        for (var entry = Changes.Last; entry is not null && entry.Job.Seq > seq; entry = Changes.Previous(entry))
            first = entry;

        return first;
    }

    /// <summary>All jobs, in the order of their last changes.</summary>
    public Job[] Snapshot()
    {
        var jobs = new Job[_entries.Count];
        var index = 0;
        for (var entry = Changes.First; entry is not null; entry = Changes.Next(entry))
            jobs[index++] = entry.Job;

        return jobs;
    }

    /// <summary>The number of kept delays, those of changed and removed jobs included.</summary>
    internal int DelayCount => _delayed.Count;

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
    public void RemindAt(JobEntry entry, double time)
    {
        _delayed.Enqueue(entry, time);
        if (_delayed.Count < _mostDelayed)
            return;

        // Each change of a delayed job adds its delay once more.
        var present = _delayed.UnorderedItems
            .Where(item => _entries.GetValueOrDefault(item.Element.Job.Id) == item.Element).Distinct().ToList();
        _delayed.Clear();
        _delayed.EnqueueRange(present);
        _mostDelayed = Math.Max(LeastDelayed, 2 * present.Count);
    }

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
        var left = entry.Queue?.Key;
        if (left == place)
            return;

        if (left is { } key)
            _ = PoolsToAssign.Add(key.Pool);

        Queues.Move(entry, place);
    }

    private void EnterWaiting(JobEntry entry, Instant now)
    {
        var job = entry.Job;
        if (job.Status.State is not JobState.New || entry.Run is not null || entry.StaleRun is not null || entry.Queue is not { } queue)
            return;

        var isUnassigned = queue.Key.Node is null;
        if ((!isUnassigned && queue.Key.Node != _settings.Name) || (job.Spec.Hold is true && !(isUnassigned && _settings.WaitInPool)))
            return;

        if (entry.NotBefore > now.Monotonic)
        {
            RemindAt(entry, entry.NotBefore);
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
}
