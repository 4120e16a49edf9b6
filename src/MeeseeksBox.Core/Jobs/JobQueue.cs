namespace MeeseeksBox.Core.Jobs;

/// <summary>The jobs of one pool on one node, or the unassigned jobs of one pool.</summary>
internal sealed class JobQueue(QueueKey key)
{
    private static readonly Comparer<JobEntry> BySubmission = Comparer<JobEntry>.Create(static (left, right) =>
    {
        var order = left.Job.Status.SubmitTs.CompareTo(right.Job.Status.SubmitTs);
        return order is not 0 ? order : string.CompareOrdinal(left.Job.Id, right.Job.Id);
    });

    public QueueKey Key { get; } = key;

    /// <summary>The jobs that occupy a slot for the purpose of placement: live, or still active.</summary>
    public IntrusiveList Jobs { get; } = new(IntrusiveList.ByQueue);

    /// <summary>The number of those jobs.</summary>
    public int Occupied { get; private set; }

    /// <summary>The jobs that can be started or assigned now, in the order of their submission.</summary>
    public SortedSet<JobEntry> Waiting { get; } = new(BySubmission);

    /// <summary>The jobs that this node refreshes at intervals. Only queues of this node use it.</summary>
    public IntrusiveList Live { get; } = new(IntrusiveList.ByDue);

    public void Add(JobEntry entry)
    {
        Jobs.Add(entry);
        Occupied++;
    }

    public void Remove(JobEntry entry)
    {
        Jobs.Remove(entry);
        Occupied--;
    }
}
