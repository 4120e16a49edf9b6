using MeeseeksBox.Core.Peers;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>What has changed since somebody last looked, so that exactly those who care are woken.</summary>
public sealed class News
{
    private readonly HashSet<string> _pools = new(StringComparer.Ordinal);
    private readonly HashSet<Peer> _peers = [];
    private readonly List<Run> _stops = [];
    private readonly List<Job> _endings = [];
    private readonly List<string> _departures = [];

    /// <summary>Pools of this node that may have a job to start.</summary>
    public IReadOnlyCollection<string> Pools => _pools;

    /// <summary>Peers that something is to be sent to.</summary>
    public IReadOnlyCollection<Peer> Peers => _peers;

    /// <summary>Runs that are to end now (<see cref="Run.Stop"/> says why).</summary>
    public IReadOnlyList<Run> Stops => _stops;

    /// <summary>Jobs as they ended, for the history: one for each end of a run, and one for a job that left without having run.</summary>
    public IReadOnlyList<Job> Endings => _endings;

    /// <summary>The ids of jobs that have left the table.</summary>
    public IReadOnlyList<string> Departures => _departures;

    /// <summary>True when any job changed.</summary>
    public bool Jobs { get; internal set; }

    /// <summary>True when the status of any node changed in a way that matters.</summary>
    public bool Nodes { get; internal set; }

    /// <summary>Forgets everything, once it has been told.</summary>
    public void Clear()
    {
        _pools.Clear();
        _peers.Clear();
        _stops.Clear();
        _endings.Clear();
        _departures.Clear();
        Jobs = false;
        Nodes = false;
    }

    internal void Wake(string pool) => _pools.Add(pool);

    internal void Wake(Peer peer) => _peers.Add(peer);

    internal void Stop(Run run) => _stops.Add(run);

    internal void Ended(Job job) => _endings.Add(job);

    internal void Gone(string id)
    {
        _departures.Add(id);
        Jobs = true;
    }
}
