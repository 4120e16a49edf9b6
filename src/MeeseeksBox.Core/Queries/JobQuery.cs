using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Core.Queries;

/// <summary>A query for jobs.</summary>
/// <param name="Filter">The conditions on the jobs.</param>
/// <param name="IncludesUnassigned">
/// Whether a query by number of change finds jobs without a node. Nodes send such queries, and a job without a node must not spread
/// (docs/SPECIFICATION.md#unassigned-jobs).
/// </param>
/// <param name="IncludesRemoved">
/// Whether a query by number of change finds jobs that have ended and were removed. Readers that follow the changes with <c>wait</c>, or in
/// pieces, send such queries (docs/SPECIFICATION.md#tombstones).
/// </param>
public sealed record JobQuery(JobFilter Filter, bool IncludesUnassigned, bool IncludesRemoved = false)
{
    /// <summary>The number of change after which removed jobs must have ended: the reader has no live copy of the others.</summary>
    public long RemovedAfter { get; init; }

    /// <summary>The query of a request with a filter.</summary>
    public static JobQuery Of(JobFilter filter, RequestOptions options) =>
        new(filter, options.Unassigned, options.Wait is not null || (options.Limit is not null && filter.NewerSeq > 0));

    /// <summary>A superset of the result: by ids, by number of change, or else a snapshot of all jobs.</summary>
    public IReadOnlyList<Job> Candidates(NodeCore core) => Candidates(core, Filter.NewerSeq);

    /// <summary>The jobs among the candidates that match. Needs no lock.</summary>
    public IReadOnlyList<Job> Select(IReadOnlyList<Job> candidates) =>
        Filter.IsEmpty ? candidates : [.. candidates.Where(job => Filter.Matches(job) && IsAfter(job, Filter.NewerSeq))];

    /// <summary>True when a matching job changed after a number of change, which replaces that of the filter.</summary>
    public bool HasAnyAfter(NodeCore core, long seq) => Candidates(core, seq).Any(job => Filter.Matches(job) && IsAfter(job, seq));

    private IReadOnlyList<Job> Candidates(NodeCore core, long? after) => (Filter.Ids, after) switch
    {
        ({ } ids, _) => [.. ids.Select(core.Find).OfType<Job>()],
        (_, { } seq) => core.ChangesSince(seq, IncludesUnassigned, IncludesRemoved, RemovedAfter),
        _ => core.Snapshot(),
    };

    private bool IsAfter(Job job, long? seq) => seq is null || (job.Seq > seq && (IncludesUnassigned || job.Status.Node is not null));
}
