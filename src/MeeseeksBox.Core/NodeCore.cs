using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core;

/// <summary>
/// The book that a node keeps of jobs and nodes, with all rules about them. Plain and synchronous: it is told the time, takes its dice from
/// outside, and says in <see cref="Effects"/> what its caller has to act on. One caller at a time.
/// </summary>
public sealed class NodeCore
{
    private const double ShareOfWait = 0.9;

    private readonly NodeCoreState _state;
    private readonly RunLifecycle _running;
    private readonly KillRules _killing;
    private readonly SubmitRules _submitting;
    private readonly UnassignedCopies _unassigned;
    private readonly MergeRules _merging;
    private readonly PeerSync _linking;
    private readonly DeadlineScheduler _deadlines;
    private readonly Placement _routing;

    /// <summary>An empty book.</summary>
    /// <param name="settings">What of the configuration the rules depend on.</param>
    /// <param name="random">Where ids and the choice among equal nodes come from.</param>
    public NodeCore(NodeSettings settings, Random random)
    {
        _state = new NodeCoreState(settings, random);
        _running = new RunLifecycle(_state);
        var reruns = new LegacyNodeReruns(_state);
        _killing = new KillRules(_state, reruns);
        _submitting = new SubmitRules(_state, _killing, _running);
        _unassigned = new UnassignedCopies(_state, _submitting, _killing, _running);
        _merging = new MergeRules(_state, _killing, _running, _unassigned, reruns);
        _linking = new PeerSync(_state, _merging);
        _deadlines = new DeadlineScheduler(_state, _running, new ExpiryPolicy(_state), reruns);
        _routing = new Placement(_state);
    }

    /// <summary>What has changed since it was last cleared.</summary>
    public Effects Effects => _state.Effects;

    /// <summary>The settings in force.</summary>
    public NodeSettings Settings => _state.Settings;

    /// <summary>The other nodes.</summary>
    public NodeTable Nodes => _state.Nodes;

    /// <summary>The runs under way on this node.</summary>
    public IReadOnlyCollection<Run> Runs => _state.Runs.All;

    /// <summary>How many jobs there are.</summary>
    public int Count => _state.Jobs.Count;

    /// <summary>The number of the latest change of any job.</summary>
    public long Seq => _state.Jobs.Seq;

    internal NodeCoreState State => _state;

    /// <summary>The job with an id; null when there is none.</summary>
    public Job? Find(string id) => _state.Jobs.TryFind(id, out var entry) ? entry.Job : null;

    /// <summary>All jobs, in the order of their last changes.</summary>
    public Job[] Snapshot() => _state.Jobs.Snapshot();

    /// <summary>The jobs that changed after a number of change, in the order of their changes.</summary>
    /// <param name="seq">The number.</param>
    /// <param name="unassigned">Whether jobs without a node count: they must not spread.</param>
    public IReadOnlyList<Job> ChangesSince(long seq, bool unassigned = false)
    {
        var newer = _state.Jobs.ChangesSince(seq);
        _ = unassigned ? 0 : newer.RemoveAll(job => job.Node is null);
        return newer;
    }

    /// <summary>The status of this node: what it tells of itself.</summary>
    /// <param name="now">The time to stamp it with.</param>
    public NodeStatus OwnStatus(Instant now)
    {
        _state.PublishOwnStatus(oldest: 0, now);
        return _state.Own.Status;
    }

    /// <summary>The nodes that changed, this one included; stamps the status of this one again when it is too old.</summary>
    /// <param name="seq">The number of change after which they changed; 0 for all nodes.</param>
    /// <param name="wait">How long the reader let its request be held, in seconds; null: not at all.</param>
    /// <param name="now">The time.</param>
    public NodeChanges NodesSince(long seq, double? wait, Instant now)
    {
        // A reader that waits asks again when the time is over: a status from shortly before it asked is too old then.
        _state.PublishOwnStatus((wait ?? 0) * ShareOfWait, now);
        var (changed, gone) = _state.Nodes.ChangesSince(seq);
        var statuses = changed.ToDictionary(node => node.Name, node => node.Status);
        if (_state.Own.Seq > seq)
        {
            statuses[Settings.Name] = _state.Own.Status;
        }

        return new NodeChanges(statuses, gone, _state.Nodes.Seq);
    }

    /// <summary>The peers that this node is linked with.</summary>
    public IReadOnlyCollection<string> PeerNames => _state.Peers.Names;

    /// <summary>Free slots by pool and node, of the nodes online (docs/SPECIFICATION.md#free-slots).</summary>
    public Dictionary<string, Dictionary<string, SlotCount>> FreeSlots()
    {
        var pools = new Dictionary<string, Dictionary<string, SlotCount>>();
        foreach (var (pool, settings) in Settings.Pools)
        {
            Add(pool, Settings.Name, settings.Offer);
        }

        foreach (var node in _state.Nodes.All.Where(node => node.Status.Online))
        {
            foreach (var (pool, slots) in node.Status.Pools)
            {
                Add(pool, node.Name, slots);
            }
        }

        return pools;

        void Add(string pool, string node, SlotCount slots)
        {
            var free = slots.Limit is { } limit ? new SlotCount(Math.Max(limit - _state.Jobs.Occupied(node, pool), 0)) : slots;
            if (!pools.TryGetValue(pool, out var nodes))
            {
                nodes = [];
                pools.Add(pool, nodes);
            }

            nodes[node] = free;
        }
    }

    /// <summary>Makes a job, or changes one (docs/SPECIFICATION.md#submit).</summary>
    public SubmitResult Submit(JobSpec spec, Instant now)
    {
        var answer = _submitting.Submit(spec, now);
        _routing.AssignNodes(now);
        return answer with { Jobs = [.. answer.Jobs.Select(job => job.Value is null ? job : new(job.Key, Find(job.Key)))] };
    }

    /// <summary>Ends a job (docs/SPECIFICATION.md#kill); null when there is none with this id.</summary>
    public Job? Kill(string id, Instant now)
    {
        if (!_state.Jobs.TryFind(id, out var entry))
        {
            return null;
        }

        entry = _killing.Kill(entry, now);
        _routing.AssignNodes(now);
        return entry.Job;
    }

    /// <summary>Puts a job in the place of the one with its id, without any check: for repair by hand. The answer is false when there is none.</summary>
    /// <remarks>A run that is under way goes on, and tells of its end as ever.</remarks>
    public bool Modify(Job job, Instant now)
    {
        if (!_state.Jobs.TryFind(job.Id, out var entry))
        {
            return false;
        }

        // A job that was brought back to life must win over the copies of it that have ended.
        var revived = entry.Job.HasEnded && job.IsLive && job.Epoch == entry.Job.Epoch;
        _ = _state.ApplyLocal(entry, revived ? job with { Epoch = job.Epoch + 1 } : job, now);
        _state.RecordEnd(entry);
        if (entry.Run is { } run)
        {
            _running.SetLimit(run, entry.Job);
        }

        _routing.AssignNodes(now);
        return true;
    }

    /// <summary>Takes in jobs as another node knows them (docs/SPECIFICATION.md#sync).</summary>
    /// <returns>The ids of those that were taken over.</returns>
    public IReadOnlyList<string> Merge(IEnumerable<Job> jobs, Instant now)
    {
        List<string> taken = [.. jobs.Where(job => _merging.Merge(job, now)).Select(job => job.Id)];
        _routing.AssignNodes(now);
        _unassigned.KeepUnrouted(now);
        _routing.AssignNodes(now);
        return taken;
    }

    /// <summary>Begins to keep account of a downstream node that this node is to be linked with.</summary>
    /// <exception cref="ArgumentException">There is one of this name already.</exception>
    public Peer AddPeer(string name, Instant now)
    {
        var peer = _state.Peers.Add(name);
        _state.PublishOwnStatus(double.PositiveInfinity, now);
        return peer;
    }

    /// <summary>Forgets a peer that was taken out of the configuration, and what only it told.</summary>
    public void RemovePeer(Peer peer, Instant now)
    {
        _state.Peers.Remove(peer);
        _state.Nodes.Forget(peer.Name);
        NodesChanged(now);
    }

    /// <summary>Merges what a peer replied (docs/SPECIFICATION.md#jobs-sent-up).</summary>
    /// <returns>Why this node must not be linked with the peer; null when it may. Nothing is merged then.</returns>
    public string? MergeReply(Peer peer, PeerReply reply, Instant now)
    {
        var refusal = _linking.MergeReply(peer, reply, now);
        if (reply.Nodes is not null)
        {
            NodesChanged(now);
        }

        _routing.AssignNodes(now);
        return refusal;
    }

    /// <summary>Takes the jobs to send to a peer in one line.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="isPoll">True when the line asks for jobs; false when it follows on one that does.</param>
    internal IReadOnlyList<Job> DequeuePending(Peer peer, bool isPoll = true) => _linking.DequeuePending(peer, isPoll);

    /// <summary>The ids of the live jobs on nodes that are reached through a peer.</summary>
    internal IReadOnlyList<string> LiveJobsAt(Peer peer) =>
    [
        .. from entry in _state.Jobs.LiveElsewhere
           where _state.Nodes.IsReachedThrough(peer.Name, entry.Job.Node!)
           select entry.Job.Id,
    ];

    /// <summary>Says how loaded this host is.</summary>
    public void SetLoadavg(double loadavg) => _state.OwnLoadavg = loadavg;

    /// <summary>Puts jobs of a state file into the empty book, as they were; <see cref="Resume"/> goes on with them.</summary>
    /// <remarks>Numbers of change go on where they were, so that one of an earlier life of the node never stands for two changes.</remarks>
    public void Load(IReadOnlyCollection<Job> jobs, Instant now)
    {
        _state.Jobs.AdvanceSeqTo(jobs.Select(job => job.Seq).DefaultIfEmpty().Max());
        foreach (var job in jobs.OrderBy(job => job.Seq))
        {
            _state.Jobs.Upsert(job, now).IsEndRecorded = job.HasEnded;
        }
    }

    /// <summary>
    /// Goes on with the jobs that were loaded: those that ran here have crashed (docs/SPECIFICATION.md#crash-recovery), the others wait for
    /// their turn.
    /// </summary>
    public void Resume(Instant now)
    {
        foreach (var job in _state.Jobs.Snapshot())
        {
            _ = _state.Jobs.TryFind(job.Id, out var entry);
            _merging.Reconcile(entry!, now);
        }

        _routing.AssignNodes(now);
    }

    /// <summary>Goes by other settings from now on. Runs in pools that are gone are stopped; all others go on.</summary>
    public void Apply(NodeSettings settings, Instant now)
    {
        _state.Settings = settings;
        _state.Jobs.Apply(settings, now);
        foreach (var run in _state.Runs.All)
        {
            if (settings.Pool(run.Job.Pool) is null)
            {
                _state.Cancel(run, StopReason.PoolRemoved);
            }
            else if (_state.Jobs.TryFind(run.Job.Id, out var entry) && entry.Run == run)
            {
                _running.SetLimit(run, entry.Job);
            }
        }

        foreach (var pool in settings.Pools.Keys)
        {
            Effects.Wake(pool);
        }

        foreach (var job in _state.Jobs.Snapshot().Where(job => job.Node == settings.Name && job.State is JobState.New))
        {
            _merging.Reconcile(_state.Jobs.TryFind(job.Id, out var entry) ? entry : throw new InvalidOperationException("A job of the snapshot is gone."), now);
        }

        NodesChanged(now);
    }

    /// <summary>Takes no new work from now on, and ends every run (docs/SPECIFICATION.md#orderly-stop).</summary>
    public void Close()
    {
        _state.IsClosed = true;
        foreach (var run in _state.Runs.All)
        {
            _state.Cancel(run, StopReason.Shutdown);
        }
    }

    /// <summary>Takes the next job of a pool of this node that is to start, and a slot for it; null when there is none, or no slot.</summary>
    public Run? ClaimNext(string pool, Instant now) => _running.ClaimNext(pool, now);

    /// <summary>Says that a run has begun.</summary>
    public void Started(Run run, int? pid, Instant now) => _running.Started(run, pid, now);

    /// <summary>Sets attributes of the job of a run that is under way.</summary>
    public void Report(Run run, Func<Job, Job> change, Instant now) => _running.Report(run, change, now);

    /// <summary>Says that a run is over, its process gone, its slot free.</summary>
    public void Ended(Run run, RunResult end, Instant now)
    {
        _running.Ended(run, end, now);
        _routing.AssignNodes(now);
    }

    /// <summary>Counts a head that has connected. Live jobs are refreshed for it as <see cref="PoolSettings.Update"/> says.</summary>
    public void HeadConnected() => _state.HeadCount++;

    /// <summary>Counts a head that has disconnected.</summary>
    public void HeadDisconnected() => _state.HeadCount--;

    /// <summary>When <see cref="Tick"/> has something to do, by the steady clock; null when never.</summary>
    public double? NextDeadline() => _deadlines.Next();

    /// <summary>Does all that is due.</summary>
    public void Tick(Instant now)
    {
        _deadlines.Tick(now);
        if (Effects.HaveNodesChanged)
        {
            NodesChanged(now);
        }

        _routing.AssignNodes(now);
    }

    private void NodesChanged(Instant now)
    {
        foreach (var node in _state.Nodes.TakeLeaseChanges())
        {
            _state.Jobs.ApplyLease(node, now);
        }

        _state.PublishOwnStatus(double.PositiveInfinity, now);
        _routing.InvalidateAll();
        _routing.AssignNodes(now);
    }
}
