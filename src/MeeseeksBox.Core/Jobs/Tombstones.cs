using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>
/// The jobs that have left the table last, as they were. Nobody is shown them; but a peer that was away for longer than <c>expire</c> comes
/// back with copies in which they are still alive, and without this memory they would run once more.
/// </summary>
internal sealed class Tombstones
{
    private const int Most = 10_000;
    private const long MostWeight = 16 * 1024 * 1024;

    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);

    // In the order in which they left; those that came back, or left again since, are passed over when they come up.
    private readonly Queue<Job> _order = new();
    private long _weight;

    /// <summary>Takes note of a job that leaves the table.</summary>
    public void Add(Job job)
    {
        _jobs[job.Id] = job;
        _order.Enqueue(job);
        _weight += ApproximateSize.Of(job);
        while (_order.Count > Most || _weight > MostWeight)
        {
            var oldest = _order.Dequeue();
            _weight -= ApproximateSize.Of(oldest);
            if (ReferenceEquals(_jobs.GetValueOrDefault(oldest.Id), oldest))
            {
                _ = _jobs.Remove(oldest.Id);
            }
        }
    }

    /// <summary>The job with an id, as it left; null when it is not remembered.</summary>
    public Job? Find(string id) => _jobs.GetValueOrDefault(id);

    /// <summary>
    /// The job of which this is a copy, as it left; null when it is not remembered. One that was submitted later is another job.
    /// </summary>
    public Job? Find(Job copy) => _jobs.TryGetValue(copy.Id, out var job) && job.SubmitTs >= copy.SubmitTs ? job : null;

    /// <summary>Forgets a job, because it is in the table again.</summary>
    public void Remove(string id) => _jobs.Remove(id);
}
