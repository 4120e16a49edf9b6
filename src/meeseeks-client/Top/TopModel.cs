using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The last known state of the cluster, maintained by updates.</summary>
internal sealed class TopModel
{
    private readonly Dictionary<string, TopJob> _jobs = [];
    private readonly int[] _counts = new int[Enum.GetValues<JobState>().Length];

    /// <summary>The jobs by id, unordered.</summary>
    public IReadOnlyDictionary<string, TopJob> Jobs => _jobs;

    /// <summary>The nodes, by name.</summary>
    public IReadOnlyDictionary<string, NodeStatus> Nodes { get; private set; } = new Dictionary<string, NodeStatus>();

    /// <summary>The number of changes, for caches.</summary>
    public int Version { get; private set; }

    /// <summary>The output of the selected job.</summary>
    public TopOutput Output { get; } = new();

    /// <summary>The reason for the lost connection; null while connected.</summary>
    public string? Lost { get; private set; }

    /// <summary>The number of jobs in a state.</summary>
    public int Count(JobState state) => _counts[(int)state];

    /// <summary>Merges an update of the box.</summary>
    public void Take(JobUpdate update)
    {
        if (update.IsSnapshot)
        {
            _jobs.Clear();
            Array.Clear(_counts);
        }

        foreach (var job in update.Jobs)
        {
            Drop(job.Id);
            _jobs.Add(job.Id, TopJob.Of(job));
            _counts[(int)job.Status.State]++;
        }

        Nodes = update.Nodes ?? Nodes;
        Lost = null;
        Version++;
    }

    /// <summary>The ended jobs, which the box removes without a report.</summary>
    public IReadOnlyList<TopJob> Ended() => [.. _jobs.Values.Where(job => job.Shown.HasEnded)];

    /// <summary>Removes the ended jobs that the box no longer has.</summary>
    /// <param name="ended">The ended jobs of this model, before the request to the box.</param>
    /// <param name="there">The ids that the box returned.</param>
    public void Forget(IEnumerable<TopJob> ended, IReadOnlySet<string> there)
    {
        // A job with a newer stamp was started again meanwhile.
        foreach (var job in ended.Where(job => !there.Contains(job.Id) && _jobs.TryGetValue(job.Id, out var now) && now.Ts == job.Ts))
        {
            Drop(job.Id);
            Version++;
        }
    }

    /// <summary>Marks the box as disconnected, and keeps the last known state.</summary>
    /// <param name="why">The reason, on one line.</param>
    public void Lose(string why) => Lost = why;

    private void Drop(string id)
    {
        if (_jobs.Remove(id, out var job))
            _counts[(int)job.Shown.State]--;
    }
}
