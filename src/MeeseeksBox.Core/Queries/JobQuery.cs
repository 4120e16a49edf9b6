using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Queries;

/// <summary>A question for jobs.</summary>
/// <param name="Filter">The conditions on the jobs.</param>
/// <param name="IncludesUnassigned">
/// Whether a question by number of change finds jobs without a node. Nodes ask such questions, and a job without a node must not spread
/// (docs/SPECIFICATION.md#unassigned-jobs).
/// </param>
public sealed record JobQuery(JobFilter Filter, bool IncludesUnassigned)
{
    /// <summary>Jobs among which all are that the query finds: by ids or by number of change, or else a snapshot of all.</summary>
    public IReadOnlyList<Job> Candidates(NodeCore core) => Filter switch
    {
        { Ids: { } ids } => [.. ids.Select(core.Find).OfType<Job>()],
        { NewerSeq: { } seq } => core.ChangesSince(seq, IncludesUnassigned),
        _ => core.Snapshot(),
    };

    /// <summary>The jobs that the query finds among its candidates. Needs no lock.</summary>
    public IReadOnlyList<Job> Select(IReadOnlyList<Job> candidates) =>
        Filter.IsEmpty ? candidates : [.. candidates.Where(job => Filter.Matches(job) && IsAfter(job, Filter.NewerSeq))];

    /// <summary>True when there is a job that the filter matches and that changed after a number, which counts in place of the filter's own.</summary>
    public bool HasAnyAfter(NodeCore core, long seq)
    {
        var candidates = Filter.Ids is { } ids ? ids.Select(core.Find).OfType<Job>() : core.ChangesSince(seq, IncludesUnassigned);
        return candidates.Any(job => Filter.Matches(job) && IsAfter(job, seq));
    }

    private bool IsAfter(Job job, long? seq) => seq is null || (job.Seq > seq && (IncludesUnassigned || job.Node is not null));
}
