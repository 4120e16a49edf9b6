using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core;

/// <summary>The in-memory state of a node and all rules over it: the core.</summary>
/// <remarks>
/// Synchronous and free of I/O. The caller injects time and randomness, and carries out the <see cref="Effects"/> after each call. Not
/// thread-safe: the shell holds a lock around each call.
/// </remarks>
public sealed class NodeCore
{
    // A reader with a wait requests again when its wait is over. By then, a status from shortly before the wait counts as too old.
    private const double ShareOfWait = 0.9;

    private readonly NodeCoreState _state;
    private readonly RunLifecycle _runLifecycle;
    private readonly Reconciliation _reconciliation;
    private readonly KillRules _killRules;
    private readonly SuspensionRules _suspensionRules;
    private readonly SubmitRules _submitRules;
    private readonly UnassignedCopies _unassignedCopies;
    private readonly MergeRules _mergeRules;
    private readonly ForeignCopies _foreignCopies;
    private readonly PeerSync _peerSync;
    private readonly DeadlineScheduler _deadlines;
    private readonly Placement _placement;

    /// <summary>A core without jobs.</summary>
    /// <param name="settings">The settings that the rules depend on.</param>
    /// <param name="random">The source of ids, and of the choice among equal nodes.</param>
    public NodeCore(NodeSettings settings, Random random)
    {
        _state = new NodeCoreState(settings, random);
        _runLifecycle = new RunLifecycle(_state);
        _reconciliation = new Reconciliation(_state, _runLifecycle);
        var reruns = new LegacyNodeReruns(_state);
        _killRules = new KillRules(_state, reruns);
        _suspensionRules = new SuspensionRules(_state, _runLifecycle);
        _submitRules = new SubmitRules(_state, _killRules, _runLifecycle);
        _unassignedCopies = new UnassignedCopies(_state, _submitRules, _killRules, _runLifecycle);
        _mergeRules = new MergeRules(_state, _killRules, _runLifecycle, _reconciliation, _unassignedCopies, reruns);
        _foreignCopies = new ForeignCopies(_state, _mergeRules);
        _peerSync = new PeerSync(_state, _mergeRules);
        _deadlines = new DeadlineScheduler(_state, _runLifecycle, new ExpiryPolicy(_state), reruns);
        _placement = new Placement(_state);
    }

    /// <summary>The effects to carry out, since the last <see cref="Effects.Clear"/>.</summary>
    public Effects Effects => _state.Effects;

    /// <summary>The settings in force.</summary>
    public NodeSettings Settings => _state.Settings;

    /// <summary>The other nodes.</summary>
    public NodeTable Nodes => _state.Nodes;

    /// <summary>The names of the downstream nodes that this node is linked to.</summary>
    public IReadOnlyCollection<string> Peers => _state.Peers.Names;

    /// <summary>The runs on this node.</summary>
    public IReadOnlyCollection<Run> Runs => _state.Runs.All;

    /// <summary>The number of jobs.</summary>
    public int Count => _state.Jobs.Count;

    /// <summary>The number of change of the latest change of any job.</summary>
    public long Seq => _state.Jobs.Seq;

    internal NodeCoreState State => _state;

    internal Placement Placement => _placement;

    /// <summary>The job with an id; null when there is none.</summary>
    public Job? Find(string id) => _state.Jobs.TryFind(id, out var entry) ? entry.Job : null;

    /// <summary>The run of a job on this node; null when there is none.</summary>
    public Run? FindRun(string id) => _state.Jobs.TryFind(id, out var entry) ? entry.Run : null;

    /// <summary>All jobs, in the order of their last changes.</summary>
    public Job[] Snapshot() => _state.Jobs.Snapshot();

    /// <summary>The jobs that changed after a number of change, in the order of their changes.</summary>
    /// <param name="seq">The number of change.</param>
    /// <param name="unassigned">Whether to include jobs without a node, which must not spread to other nodes.</param>
    /// <param name="removed">
    /// Whether to include jobs that have ended and were removed. A reader that stalled for longer than they stayed has live copies.
    /// </param>
    /// <param name="removedAfter">The number of change after which such a job must have ended.</param>
    public IReadOnlyList<Job> ChangesSince(long seq, bool unassigned = false, bool removed = false, long removedAfter = 0) =>
        PieceSince(seq, null, int.MaxValue, unassigned, removed, removedAfter).Jobs;

    /// <summary>The first of the jobs of <see cref="ChangesSince"/>.</summary>
    /// <param name="seq">The number of change.</param>
    /// <param name="before">The job with that change: the last one of the piece before; null when it is not known.</param>
    /// <param name="most">The most jobs that are in the table.</param>
    /// <param name="unassigned">Whether to include jobs without a node.</param>
    /// <param name="removed">Whether to include jobs that have ended and were removed.</param>
    /// <param name="removedAfter">The number of change after which such a job must have ended.</param>
    public ChangePiece PieceSince(long seq, Job? before, int most, bool unassigned, bool removed, long removedAfter)
    {
        var newer = _state.Jobs.ChangesSince(seq, before, most);
        var last = newer.Count == most ? newer[^1] : null;
        var end = last?.Seq ?? Seq;
        if (removed)
            newer = _state.Jobs.Tombstones.MergedInto(newer, Math.Max(seq, removedAfter), end);

        _ = unassigned ? 0 : newer.RemoveAll(job => job.Status.Node is null);
        return new ChangePiece(newer, end, last);
    }

    /// <summary>True when <see cref="ChangesSince"/> may lack jobs that ended and were removed after a number of change.</summary>
    public bool HasGapSince(long seq) => _state.Jobs.Tombstones.HasGapSince(seq);

    /// <summary>The number of the latest tombstone: how many were added so far.</summary>
    public long TombstonesAdded => _state.Jobs.Tombstones.Added;

    /// <summary>The kept tombstones that were added after the one with a number (docs/SPECIFICATION.md#tombstones).</summary>
    public IReadOnlyList<Job> TombstonesSince(long number) => _state.Jobs.Tombstones.AddedSince(number);

    /// <summary>The status of this node, as it reports it.</summary>
    /// <param name="now">The time to stamp it with.</param>
    public NodeStatus OwnStatus(Instant now)
    {
        _state.PublishOwnStatus(maxAge: 0, now);
        return _state.Own.Status;
    }

    /// <summary>The nodes that changed, this one included. Restamps the status of this one when it is too old.</summary>
    /// <param name="seq">The number of change after which they changed; 0 for all nodes.</param>
    /// <param name="wait">How long the answer was allowed to be held, in seconds; null: not at all.</param>
    /// <param name="now">The time.</param>
    public NodeChanges NodesSince(long seq, double? wait, Instant now)
    {
        _state.PublishOwnStatus((wait ?? 0) * ShareOfWait, now);
        var (changed, gone) = _state.Nodes.ChangesSince(seq);
        var statuses = changed.ToDictionary(node => node.Name, node => node.Status);
        if (_state.Own.Seq > seq || gone is null)
            statuses[Settings.Name] = _state.Own.Status;

        return new NodeChanges(statuses, gone, _state.Nodes.Seq);
    }

    /// <summary>The free slots of each pool on each online node (docs/SPECIFICATION.md#free-slots).</summary>
    public Dictionary<string, Dictionary<string, SlotCount>> FreeSlots() => FreeSlotsQuery.Of(_state);

    /// <summary>Makes a job, or changes one (docs/SPECIFICATION.md#submit).</summary>
    /// <param name="spec">The argument of the submit.</param>
    /// <param name="now">The time.</param>
    /// <param name="submitter">The limits of the client; null without limits.</param>
    /// <param name="onlyNew">Whether a known job stays as it is.</param>
    public SubmitResult Submit(SubmitArgument spec, Instant now, Submitter? submitter = null, bool onlyNew = false)
    {
        var answer = _submitRules.Submit(spec, submitter, now, onlyNew);
        _placement.AssignNodes(now);
        var jobs = answer.Jobs.ToArray();
        foreach (ref var job in jobs.AsSpan())
            job = job.Value is null ? job : new(job.Key, Find(job.Key));

        return answer with { Jobs = jobs };
    }

    /// <summary>Kills a job (docs/SPECIFICATION.md#kill); null when there is none with this id.</summary>
    /// <param name="id">The id of the job.</param>
    /// <param name="now">The time.</param>
    /// <param name="isNamed">False when a filter selected the job.</param>
    public Job? Kill(string id, Instant now, bool isNamed = true)
    {
        if (!_state.Jobs.TryFind(id, out var entry))
            return null;

        entry = _killRules.Kill(entry, now, isNamed);
        _placement.AssignNodes(now);
        return entry.Job;
    }

    /// <summary>Suspends or resumes a running job (docs/SPECIFICATION.md#suspension).</summary>
    public SuspensionResult SetSuspended(string id, bool isSuspended, Instant now) => _state.Jobs.TryFind(id, out var entry)
        ? _suspensionRules.Set(entry, isSuspended, now)
        : new SuspensionResult(null, $"there is no job '{id}'; it may have ended and expired");

    /// <summary>Replaces a job by another with the same id, without any check: for repair by hand.</summary>
    /// <returns>False when there is no job with this id.</returns>
    /// <remarks>A run of the job continues, and reports its end as usual.</remarks>
    public bool Modify(Job job, Instant now)
    {
        if (!_state.Jobs.TryFind(job.Id, out var entry))
            return false;

        // An ended job that becomes live again must win over the ended copies: a new epoch outranks them.
        var revived = entry.Job.HasEnded && job.IsLive && job.Status.CompareEpoch(entry.Job.Status) is 0;
        if (revived)
        {
            var restartedAt = RestartPolicy.RequestTime(job.Status, now.Wall);
            job = job with { Status = job.Status with { Epoch = job.Status.Epoch + 1, RestartedAt = restartedAt } };
        }

        _ = _state.ApplyLocal(entry, job, now);
        _state.RecordEnd(entry);
        if (entry.Run is { } run)
            _runLifecycle.FollowSpec(run, entry.Job);

        _placement.AssignNodes(now);
        return true;
    }

    /// <summary>Merges copies that another node sent (docs/SPECIFICATION.md#sync).</summary>
    /// <param name="jobs">The copies.</param>
    /// <param name="now">The time.</param>
    /// <param name="sender">The limits of the sender; null without limits.</param>
    /// <returns>The ids of the jobs that changed here.</returns>
    public IReadOnlyList<string> Merge(IEnumerable<Job> jobs, Instant now, Submitter? sender = null)
    {
        bool Merge(Job job) => sender is null ? _mergeRules.Merge(job, now) : _foreignCopies.Merge(job, sender, now);
        List<string> taken = [.. jobs.Select(_mergeRules.Completed).Where(Merge).Select(job => job.Id)];
        _placement.AssignNodes(now);
        _unassignedCopies.KeepUnrouted(now);
        _placement.AssignNodes(now);
        return taken;
    }

    /// <summary>Sets the end of the validity of this node's certificates, which its status shows.</summary>
    /// <param name="until">The earliest of them, in seconds since 1970; null without certificates.</param>
    /// <param name="now">The time.</param>
    public void SetCertificateEnd(long? until, Instant now)
    {
        _state.Own.CertificateEnd = until;
        _state.PublishOwnStatus(double.PositiveInfinity, now);
    }

    /// <summary>Adds a downstream node for a link.</summary>
    /// <exception cref="ArgumentException">A peer of this name exists already.</exception>
    public Peer AddPeer(string name, Instant now)
    {
        var peer = _state.Peers.Add(name);
        _state.PublishOwnStatus(double.PositiveInfinity, now);
        return peer;
    }

    /// <summary>Removes a peer, and the nodes that only it reported.</summary>
    public void RemovePeer(Peer peer, Instant now)
    {
        _state.Peers.Remove(peer);
        _state.Nodes.Forget(peer.Name);
        NodesChanged(now);
    }

    /// <summary>Merges the reply of a peer (docs/SPECIFICATION.md#jobs-sent-up).</summary>
    /// <returns>Why the link is rejected, in which case nothing is merged; null when it is not.</returns>
    public LinkFailure? MergeReply(Peer peer, PeerReply reply, Instant now)
    {
        var refusal = _peerSync.MergeReply(peer, reply, now);
        if (reply.Nodes is not null)
        {
            NodesChanged(now);
        }
        else
        {
            _placement.AssignNodes(now);
        }

        return refusal;
    }

    /// <summary>Takes the queued jobs of a peer that fit into one line.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="now">The time.</param>
    /// <param name="isPoll">True when the line asks for jobs; false for a further line while a reply is pending.</param>
    internal IReadOnlyList<Job> DequeuePending(Peer peer, Instant now, bool isPoll = true) => _peerSync.DequeuePending(peer, now, isPoll);

    /// <summary>The ids of the live jobs on the nodes that a peer reaches.</summary>
    internal IReadOnlyList<string> LiveJobsAt(Peer peer) =>
    [
        .. from node in _state.Nodes.ReachedThrough(peer.Name)
           from entry in _state.Jobs.Queues.OnNode(node)
           where entry.DueList is not null
           select entry.Job.Id,
    ];

    /// <summary>Sets the load average of this host.</summary>
    public void SetLoadavg(double loadavg) => _state.OwnLoadavg = loadavg;

    /// <summary>Loads the jobs of a state file into an empty core. <see cref="Resume"/> must follow.</summary>
    public void Load(IReadOnlyCollection<Job> jobs, Instant now) => _reconciliation.Load(jobs, now);

    /// <summary>Loads the tombstones of jobs that were removed before a restart, after <see cref="Load"/>.</summary>
    /// <param name="removed">The jobs, as they were then, in the order of removal. Of two with the same id the latter counts.</param>
    public void LoadTombstones(IEnumerable<Job> removed)
    {
        foreach (var job in removed)
            _state.Jobs.LoadTombstone(job);
    }

    /// <summary>Takes over a run of a former instance of this node, before <see cref="Resume"/>.</summary>
    /// <returns>Null when its job does not wait for it; the run must be ended then.</returns>
    public Run? Adopt(FormerRun former, Instant now) => _runLifecycle.Adopt(former, now);

    /// <summary>Reconciles the loaded jobs with this instance, which has adopted runs at most.</summary>
    public void Resume(Instant now)
    {
        _reconciliation.Resume(now);
        _placement.AssignNodes(now);
    }

    /// <summary>Applies new settings. Runs in pools that were removed are stopped; all others continue.</summary>
    public void Apply(NodeSettings settings, Instant now)
    {
        _reconciliation.Apply(settings, now);
        NodesChanged(now);
    }

    /// <summary>Rejects new jobs from now on, and stops the runs (docs/SPECIFICATION.md#orderly-stop).</summary>
    /// <param name="isKept">Tells which runs outlive this instance; null: none.</param>
    public void Close(Func<Run, bool>? isKept = null)
    {
        _state.IsClosed = true;
        foreach (var run in _state.Runs.All.Where(run => isKept?.Invoke(run) is not true))
            _state.Cancel(run, StopReason.Shutdown);
    }

    /// <summary>Claims the next job of a pool, with a slot for it; null when no job waits or no slot is free.</summary>
    public Run? ClaimNext(string pool, Instant now) => _runLifecycle.ClaimNext(pool, now);

    /// <summary>Records that a run has started.</summary>
    /// <param name="run">The run.</param>
    /// <param name="pid">Its process; null without one.</param>
    /// <param name="now">The time.</param>
    /// <param name="at">When it started, in seconds since 1970; null: now.</param>
    public void Started(Run run, int? pid, Instant now, double? at = null) => _runLifecycle.Started(run, pid, now, at);

    /// <summary>Changes attributes of the job of a run.</summary>
    public void Report(Run run, Func<Job, Job> change, Instant now) => _runLifecycle.Report(run, change, now);

    /// <summary>Records the end of a run. Its process has ended, and its slot is free again.</summary>
    public void Ended(Run run, RunResult end, Instant now)
    {
        _runLifecycle.Ended(run, end, now);
        _placement.AssignNodes(now);
    }

    /// <summary>Sets the number of connected heads that need a report of each live job (docs/SPECIFICATION.md#leases).</summary>
    public void SetHeadsWithoutLease(int count) => _state.HeadsWithoutLease = count;

    /// <summary>A job with the time up to which its node vouches for it in place of the stamp, for people.</summary>
    public Job AsReported(Job job, Instant now) => ReportTimes.Of(_state, job, now);

    /// <summary>When the live jobs of nodes were last reported.</summary>
    /// <param name="nodes">The names of the nodes.</param>
    /// <param name="now">The time.</param>
    public ReportTimes ReportTimesOf(IEnumerable<string> nodes, Instant now) => new(_state, nodes, now);

    /// <summary>When <see cref="Tick"/> is due, in monotonic seconds; null: never.</summary>
    public double? NextDeadline() => _deadlines.Next();

    /// <summary>Carries out everything that is due.</summary>
    public void Tick(Instant now)
    {
        _deadlines.Tick(now);
        if (Effects.HaveNodesChanged)
            NodesChanged(now);

        _placement.AssignNodes(now);
    }

    private void NodesChanged(Instant now)
    {
        foreach (var node in _state.Nodes.TakeLeaseChanges())
            _state.Jobs.ApplyLease(node, now);

        _state.PublishOwnStatus(double.PositiveInfinity, now);
        _placement.InvalidateAll();
        _placement.AssignNodes(now);
    }
}
