namespace MeeseeksBox.Core.Queries;

/// <summary>The changes that release a held reply: any one of them does.</summary>
/// <param name="Jobs">Queries for jobs that changed after a number of change.</param>
/// <param name="NodesAfter">The number of change after which a change of nodes counts; null: nodes do not count.</param>
public sealed record ChangeCondition(IReadOnlyList<JobQuery> Jobs, long? NodesAfter)
{
    private const int FewJobs = 4;

    /// <summary>True when it asks for a few jobs by their ids, which takes little time.</summary>
    public bool IsNarrow => NodesAfter is null && Jobs.All(query => query.Filter.Ids is { Count: <= FewJobs });

    /// <summary>True when there is such a change.</summary>
    /// <param name="core">The core.</param>
    /// <param name="checkedSeq">The number of change up to which an earlier check found no such job.</param>
    public bool IsMet(NodeCore core, long checkedSeq) =>
        HasNewer(NodesAfter, core.Nodes.Seq, core.Nodes.SignificantSeq)
        || Jobs.Any(query => query.Filter.NewerSeq is { } seq && (seq > core.Seq || query.HasAnyAfter(core, Math.Max(seq, checkedSeq))));

    // A cursor beyond the latest number of change is from before a restart of this node: everything counts as newer.
    private static bool HasNewer(long? after, long seq, long significantSeq) =>
        after is { } number && (number > seq || significantSeq > number);
}
