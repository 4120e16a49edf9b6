using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>A row of the job table: the present copy of a job, its links in the indexes, and local data.</summary>
internal sealed class JobEntry(Job job)
{
    // Null for most jobs: a table has a million of them.
    private Rare? _rare;

    /// <summary>The present copy of the job.</summary>
    public Job Job { get; set; } = job;

    /// <summary>When the job last changed, or its deadline was postponed, in monotonic seconds.</summary>
    public double TouchedAt { get; set; }

    /// <summary>The end of the delay before its next run, in monotonic seconds.</summary>
    public double NotBefore
    {
        get => _rare?.NotBefore ?? 0;
        set => Set(value, static (rare, value) => rare.NotBefore = value);
    }

    /// <summary>The run of the job on this node; null when there is none.</summary>
    public Run? Run { get; set; }

    /// <summary>A superseded run whose process has not ended yet; null when there is none.</summary>
    public Run? StaleRun
    {
        get => _rare?.StaleRun;
        set => Set(value, static (rare, value) => rare.StaleRun = value);
    }

    /// <summary>The latest stamp of the divergent copies since our last change; 0 when there are none.</summary>
    /// <remarks>Such a copy outranks every answer of this node, the owner, which runs the job (docs/SPECIFICATION.md#divergence).</remarks>
    public double LatestDivergentStamp
    {
        get => _rare?.LatestDivergentStamp ?? 0;
        set => Set(value, static (rare, value) => rare.LatestDivergentStamp = value);
    }

    /// <summary>
    /// The stamp of the end that a legacy node may still retry by itself, and the end of its time for that, in monotonic seconds.
    /// </summary>
    public (double Ts, double Until) LocalRetry
    {
        get => _rare?.LocalRetry ?? default;
        set => Set(value, static (rare, value) => rare.LocalRetry = value);
    }

    /// <summary>True when the history has the end of the job.</summary>
    public bool IsEndRecorded { get; set; }

    /// <summary>The peers that may have a copy of the job, and those that it is queued for.</summary>
    public string[] Peers { get; private set; } = [];

    /// <summary>The queue of the job, while it is live or active; null otherwise.</summary>
    public JobQueue? Queue { get; set; }

    /// <summary>True while the job is in <see cref="JobQueue.Waiting"/>.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Its links in <see cref="JobTable.Changes"/>.</summary>
    public IntrusiveLinks Change;

    /// <summary>Its links in <see cref="JobQueue.Jobs"/>.</summary>
    public IntrusiveLinks InQueue;

    /// <summary>Its links in <see cref="DueList"/>.</summary>
    public IntrusiveLinks Due;

    /// <summary>The list for the kind of deadline that the job has; null when it has none.</summary>
    public IntrusiveList? DueList { get; set; }

    /// <summary>Adds a peer to <see cref="Peers"/>.</summary>
    /// <param name="peer">An array with its name, which all jobs of only this peer share.</param>
    public void AddPeer(string[] peer)
    {
        if (Peers is [])
            Peers = peer;
        else if (!Peers.Contains(peer[0]))
            Peers = [.. Peers, .. peer];
    }

    private void Set<T>(T value, Action<Rare, T> set)
    {
        if (_rare is not null || !EqualityComparer<T>.Default.Equals(value, default))
            set(_rare ??= new Rare(), value);
    }

    /// <summary>The local data that few jobs have.</summary>
    private sealed class Rare
    {
        public double NotBefore { get; set; }

        public Run? StaleRun { get; set; }

        public double LatestDivergentStamp { get; set; }

        public (double Ts, double Until) LocalRetry { get; set; }
    }
}
