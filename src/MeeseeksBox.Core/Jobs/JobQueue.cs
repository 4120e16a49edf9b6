namespace MeeseeksBox.Core.Jobs;

/// <summary>The jobs of one pool on one node, or of one pool while no node has been chosen.</summary>
/// <param name="key">Which.</param>
internal sealed class JobQueue(QueueKey key)
{
    private static readonly Comparer<JobEntry> BySubmission = Comparer<JobEntry>.Create(static (left, right) =>
    {
        var order = left.Job.SubmitTs.CompareTo(right.Job.SubmitTs);
        return order is not 0 ? order : string.CompareOrdinal(left.Job.Id, right.Job.Id);
    });

    public QueueKey Key { get; } = key;

    /// <summary>Jobs that take a slot here as far as the choice of a node goes: live, or still in the hands of the pool.</summary>
    public int Occupied { get; set; }

    /// <summary>Jobs that could start (or be given a node) now, in the order of their submission.</summary>
    public SortedSet<JobEntry> Waiting { get; } = new(BySubmission);

    /// <summary>Those that this node has to touch every so often; used for queues of this node only.</summary>
    public IntrusiveList Live { get; } = new(IntrusiveList.ByDue);
}
