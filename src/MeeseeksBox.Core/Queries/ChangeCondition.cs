namespace MeeseeksBox.Core.Queries;

/// <summary>The changes that a held reply waits for: any of them meets it.</summary>
/// <param name="Jobs">Questions for jobs by number of change.</param>
/// <param name="NodesAfter">A number of change of the nodes; null: the nodes do not count.</param>
public sealed record ChangeCondition(IReadOnlyList<JobQuery> Jobs, long? NodesAfter)
{
    /// <summary>True when there is such a change.</summary>
    /// <param name="core">The core.</param>
    /// <param name="checkedSeq">The number of change up to which the jobs were checked before, in vain.</param>
    public bool IsMet(NodeCore core, long checkedSeq) =>
        HasNewer(NodesAfter, core.Nodes.Seq, core.Nodes.SignificantSeq)
        || Jobs.Any(query => query.Filter.NewerSeq is { } seq && (seq > core.Seq || query.HasAnyAfter(core, Math.Max(seq, checkedSeq))));

    // A reader that has received more changes than there are has met this node before its restart.
    private static bool HasNewer(long? after, long seq, long significantSeq) => after is { } number && (number > seq || significantSeq > number);
}
