using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>The jobs that were removed from the table last, as they were then (docs/SPECIFICATION.md#tombstones).</summary>
/// <remarks>
/// Queries do not return them. A peer that was away for longer than <c>expire</c> returns with live copies of such jobs, and they would run
/// again without their tombstones.
/// </remarks>
internal sealed class Tombstones
{
    private const int MostJobs = 10_000;
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);

    // In the order of removal. An entry whose job was added again, or removed again later, is skipped when its turn comes.
    private readonly Queue<Job> _order = new();
    private long _bytes;
    private long _latestSeq;
    private long _latestDroppedSeq;
    private long _added;

    /// <summary>Number of tombstones added so far, which is the number of the latest one.</summary>
    public long Added => _added;

    /// <summary>Adds the tombstone of a job that is removed from the table.</summary>
    /// <returns>The ids of the tombstones that make room for it.</returns>
    public IReadOnlyList<string> Add(Job job)
    {
        List<string> dropped = [];
        _added++;
        _jobs[job.Id] = job;
        _latestSeq = Math.Max(_latestSeq, job.Seq);
        _order.Enqueue(job);
        _bytes += ApproximateSize.Of(job);
        while (_order.Count > MostJobs || _bytes > MostBytes)
        {
            var oldest = _order.Dequeue();
            _bytes -= ApproximateSize.Of(oldest);
            if (IsPresent(oldest))
            {
                _ = _jobs.Remove(oldest.Id);
                _latestDroppedSeq = Math.Max(_latestDroppedSeq, oldest.Seq);
                dropped.Add(oldest.Id);
            }
        }

        return dropped;
    }

    /// <summary>The tombstone of an id; null when there is none.</summary>
    public Job? Find(string id) => _jobs.GetValueOrDefault(id);

    /// <summary>
    /// The tombstone of the job that a copy belongs to; null when there is none. A later submit time makes it another job.
    /// </summary>
    public Job? Find(Job copy) => _jobs.TryGetValue(copy.Id, out var job) && job.Status.SubmitTs >= copy.Status.SubmitTs ? job : null;

    /// <summary>Jobs in the order of their changes, together with those whose last change came between two numbers of change.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="after">The number of change before the first one.</param>
    /// <param name="last">The last number of change.</param>
    public List<Job> MergedInto(List<Job> jobs, long after, long last)
    {
        if (after >= _latestSeq)
            return jobs;

        List<Job> ended = [.. _jobs.Values.Where(job => job.Seq > after && job.Seq <= last).OrderBy(job => job.Seq)];
        var merged = new List<Job>(jobs.Count + ended.Count);
        var next = 0;
        foreach (var job in jobs)
        {
            while (next < ended.Count && ended[next].Seq < job.Seq)
                merged.Add(ended[next++]);

            merged.Add(job);
        }

        merged.AddRange(ended[next..]);
        return merged;
    }

    /// <summary>The tombstones that were added after the one with a number, in the order of removal.</summary>
    public IReadOnlyList<Job> AddedSince(long number) =>
        number == _added ? [] : [.. _order.Skip((int)Math.Max(0, _order.Count - (_added - number))).Where(IsPresent)];

    /// <summary>True when the tombstone of a job that changed after a number of change was dropped.</summary>
    public bool HasGapSince(long seq) => seq < _latestDroppedSeq;

    /// <summary>Removes a tombstone, because its job is in the table again.</summary>
    public void Remove(string id) => _jobs.Remove(id);

    private bool IsPresent(Job job) => ReferenceEquals(_jobs.GetValueOrDefault(job.Id), job);
}
