using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>The effects of calls into the core that its shell must carry out.</summary>
public sealed class Effects
{
    private readonly HashSet<string> _poolsToWake = new(StringComparer.Ordinal);
    private readonly HashSet<Peer> _peersToWake = [];
    private readonly List<Run> _runsToCancel = [];
    private readonly List<Run> _limitedRuns = [];
    private readonly List<Run> _suspendedRuns = [];
    private readonly List<Job> _endedJobs = [];
    private readonly List<string> _removedJobs = [];
    private readonly List<string> _droppedTombstones = [];
    private readonly List<KnownNode> _onlineChanges = [];
    private readonly List<NameConflict> _nameConflicts = [];

    /// <summary>Pools of this node that may have a job to start.</summary>
    public IReadOnlyCollection<string> PoolsToWake => _poolsToWake;

    /// <summary>Peers with jobs to send.</summary>
    public IReadOnlyCollection<Peer> PeersToWake => _peersToWake;

    /// <summary>Runs to end now, for the reason in <see cref="Run.Stop"/>.</summary>
    public IReadOnlyList<Run> RunsToCancel => _runsToCancel;

    /// <summary>Runs whose time limit has changed.</summary>
    public IReadOnlyList<Run> LimitedRuns => _limitedRuns;

    /// <summary>Runs that are to be suspended or resumed, perhaps once more; see <see cref="Run.IsSuspended"/>.</summary>
    public IReadOnlyList<Run> SuspendedRuns => _suspendedRuns;

    /// <summary>Ended jobs for the history: one for each end of a run, and one for a job that was removed without a run.</summary>
    public IReadOnlyList<Job> EndedJobs => _endedJobs;

    /// <summary>The ids of jobs that were removed from the table.</summary>
    public IReadOnlyList<string> RemovedJobs => _removedJobs;

    /// <summary>The ids of removed jobs that are not even remembered any more.</summary>
    public IReadOnlyList<string> DroppedTombstones => _droppedTombstones;

    /// <summary>Nodes that went offline, or came online again.</summary>
    public IReadOnlyList<KnownNode> OnlineChanges => _onlineChanges;

    /// <summary>Pairs of boxes of one name that were found.</summary>
    public IReadOnlyList<NameConflict> NameConflicts => _nameConflicts;

    /// <summary>True when any job changed.</summary>
    public bool HaveJobsChanged { get; internal set; }

    /// <summary>True when the status of any node changed significantly (<see cref="Membership.NodeTable.SignificantSeq"/>).</summary>
    public bool HaveNodesChanged { get; internal set; }

    /// <summary>Clears the effects, once the shell has collected them.</summary>
    public void Clear()
    {
        _poolsToWake.Clear();
        _peersToWake.Clear();
        _runsToCancel.Clear();
        _limitedRuns.Clear();
        _suspendedRuns.Clear();
        _endedJobs.Clear();
        _removedJobs.Clear();
        _droppedTombstones.Clear();
        _onlineChanges.Clear();
        _nameConflicts.Clear();
        HaveJobsChanged = false;
        HaveNodesChanged = false;
    }

    internal void Wake(string pool) => _poolsToWake.Add(pool);

    /// <summary>Withdraws the wake of a pool that has nothing left to start.</summary>
    internal void CancelWake(string pool) => _poolsToWake.Remove(pool);

    internal void Wake(Peer peer) => _peersToWake.Add(peer);

    internal void AddRunToCancel(Run run) => _runsToCancel.Add(run);

    internal void AddLimitedRun(Run run) => _limitedRuns.Add(run);

    internal void AddSuspendedRun(Run run) => _suspendedRuns.Add(run);

    internal void AddEndedJob(Job job) => _endedJobs.Add(job);

    internal void AddOnlineChange(KnownNode node) => _onlineChanges.Add(node);

    internal void AddDroppedTombstones(IReadOnlyList<string> ids) => _droppedTombstones.AddRange(ids);

    internal void AddNameConflict(NameConflict conflict) => _nameConflicts.Add(conflict);

    internal void AddRemovedJob(string id)
    {
        _removedJobs.Add(id);
        HaveJobsChanged = true;
    }
}
