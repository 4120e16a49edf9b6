using MeeseeksBox.Core.Membership;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>The jobs by what is due for them when they do not change (docs/SPECIFICATION.md#expiry).</summary>
/// <remarks>Each list is in the order of the last touch, so that its first entry is due first.</remarks>
internal sealed class DeadlineLists(NodeTable nodes)
{
    /// <summary>Ended jobs, which are removed when they expire.</summary>
    public IntrusiveList Ended { get; } = new(IntrusiveList.ByDue);

    /// <summary>Active jobs of other nodes, which are presumed lost without a report.</summary>
    public IntrusiveList AtWorkElsewhere { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs that wait on other nodes, and are resent there after a while.</summary>
    public IntrusiveList WaitingElsewhere { get; } = new(IntrusiveList.ByDue);

    /// <summary>Jobs of other nodes under a <see cref="Lease.Full"/> lease. They have no deadline.</summary>
    public IntrusiveList Leased { get; } = new(IntrusiveList.ByDue);

    /// <summary>Live, active jobs under a <see cref="Lease.Legacy"/> lease.</summary>
    /// <remarks>They do not expire. Without a report, they are offered to their node again after a while.</remarks>
    public IntrusiveList LeasedToLegacy { get; } = new(IntrusiveList.ByDue);

    /// <summary>Adds an entry to the list that follows from its job and its queue.</summary>
    /// <param name="entry">The entry, which is in no list.</param>
    /// <param name="here">The name of this node.</param>
    public void Enter(JobEntry entry, string here)
    {
        entry.DueList = entry.Queue switch
        {
            null => Ended,
            { Key.Node: null } => null,
            { Key.Node: { } node } queue when node == here => queue.Live,
            { Key.Node: { } node } => nodes.LeaseOf(node) switch
            {
                Lease.Full => Leased,
                _ when entry.Job.Status is { State: JobState.New, Active: false } => WaitingElsewhere,
                Lease.Legacy when entry.Job.IsLive => LeasedToLegacy,
                _ => AtWorkElsewhere,
            },
        };
        entry.DueList?.Add(entry);
    }

    /// <summary>Removes an entry, which then has no deadline until its next change.</summary>
    public static void Leave(JobEntry entry)
    {
        entry.DueList?.Remove(entry);
        entry.DueList = null;
    }
}
