using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>What has changed since somebody last looked, so that exactly those who care are woken.</summary>
public sealed class Effects
{
    private readonly HashSet<string> _poolsToWake = new(StringComparer.Ordinal);
    private readonly HashSet<Peer> _peersToWake = [];
    private readonly List<Run> _runsToCancel = [];
    private readonly List<Job> _endedJobs = [];
    private readonly List<string> _removedJobs = [];

    /// <summary>Pools of this node that may have a job to start.</summary>
    public IReadOnlyCollection<string> PoolsToWake => _poolsToWake;

    /// <summary>Peers that something is to be sent to.</summary>
    public IReadOnlyCollection<Peer> PeersToWake => _peersToWake;

    /// <summary>Runs that are to end now (<see cref="Run.Stop"/> says why).</summary>
    public IReadOnlyList<Run> RunsToCancel => _runsToCancel;

    /// <summary>Jobs as they ended, for the history: one for each end of a run, and one for a job that left without having run.</summary>
    public IReadOnlyList<Job> EndedJobs => _endedJobs;

    /// <summary>The ids of jobs that have left the table.</summary>
    public IReadOnlyList<string> RemovedJobs => _removedJobs;

    /// <summary>True when any job changed.</summary>
    public bool HaveJobsChanged { get; internal set; }

    /// <summary>True when the status of any node changed in a way that matters.</summary>
    public bool HaveNodesChanged { get; internal set; }

    /// <summary>Forgets everything, once it has been told.</summary>
    public void Clear()
    {
        _poolsToWake.Clear();
        _peersToWake.Clear();
        _runsToCancel.Clear();
        _endedJobs.Clear();
        _removedJobs.Clear();
        HaveJobsChanged = false;
        HaveNodesChanged = false;
    }

    internal void Wake(string pool) => _poolsToWake.Add(pool);

    /// <summary>Nothing can be started in a pool: whatever it was to be woken for has been taken.</summary>
    internal void CancelWake(string pool) => _poolsToWake.Remove(pool);

    internal void Wake(Peer peer) => _peersToWake.Add(peer);

    internal void AddRunToCancel(Run run) => _runsToCancel.Add(run);

    internal void AddEndedJob(Job job) => _endedJobs.Add(job);

    internal void AddRemovedJob(string id)
    {
        _removedJobs.Add(id);
        HaveJobsChanged = true;
    }
}
