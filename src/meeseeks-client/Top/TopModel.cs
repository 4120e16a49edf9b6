using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>What is known of the cluster, kept in step by news.</summary>
internal sealed class TopModel
{
    private readonly Dictionary<string, TopJob> _jobs = [];
    private readonly int[] _counts = new int[Enum.GetValues<JobState>().Length];

    /// <summary>The jobs, in no order.</summary>
    public IReadOnlyDictionary<string, TopJob> Jobs => _jobs;

    /// <summary>The nodes, by name.</summary>
    public IReadOnlyDictionary<string, NodeStatus> Nodes { get; private set; } = new Dictionary<string, NodeStatus>();

    /// <summary>Counts the changes.</summary>
    public int Version { get; private set; }

    /// <summary>Why nothing new is heard; null while the box is there.</summary>
    public string? Lost { get; private set; }

    /// <summary>How many jobs are in a state.</summary>
    public int Count(JobState state) => _counts[(int)state];

    /// <summary>Takes in what the box tells.</summary>
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
            _counts[(int)job.State]++;
        }

        Nodes = update.Nodes ?? Nodes;
        Lost = null;
        Version++;
    }

    /// <summary>The jobs that have ended: the box forgets them in time, and tells nobody.</summary>
    public IReadOnlyList<TopJob> Ended() => [.. _jobs.Values.Where(job => job.Shown.HasEnded)];

    /// <summary>Forgets the jobs that the box has forgotten.</summary>
    /// <param name="ended">The jobs that had ended when the box was asked.</param>
    /// <param name="there">The ids that it told then.</param>
    public void Forget(IEnumerable<TopJob> ended, IReadOnlySet<string> there)
    {
        // One that has changed since then runs again, or has run again.
        foreach (var job in ended.Where(job => !there.Contains(job.Id) && _jobs.TryGetValue(job.Id, out var now) && now.Ts == job.Ts))
        {
            Drop(job.Id);
            Version++;
        }
    }

    /// <summary>Notes that the box is away. What was known is kept.</summary>
    /// <param name="why">Why, in a line.</param>
    public void Lose(string why) => Lost = why;

    private void Drop(string id)
    {
        if (_jobs.Remove(id, out var job))
        {
            _counts[(int)job.Shown.State]--;
        }
    }
}
