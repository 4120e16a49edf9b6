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

    /// <summary>The job that the reader received last, with the number of change of the filter; null when it is not known.</summary>
    public Job? LastRead { get; init; }

    /// <summary>The most jobs of the table that a query by number of change looks at; further ones are for the next query.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>The query of a request with a filter.</summary>
    public static JobQuery Of(JobFilter filter, RequestOptions options) =>
        new(filter, options.Unassigned, options.Wait is not null || (options.Limit is not null && filter.NewerSeq > 0));

    /// <summary>A superset of the result: by ids, by number of change, or else a snapshot of all jobs.</summary>
    public ChangePiece Candidates(NodeCore core) => Candidates(core, Filter.NewerSeq);

    /// <summary>The jobs among the candidates that match. Needs no lock.</summary>
    public ChangePiece Select(ChangePiece candidates) => Filter.IsEmpty ? candidates : candidates with
    {
        Jobs = [.. candidates.Jobs.Where(job => Filter.Matches(job) && IsAfter(job, Filter.NewerSeq))],
    };

    /// <summary>True when a matching job changed after a number of change, which replaces that of the filter.</summary>
    public bool HasAnyAfter(NodeCore core, long seq) => Candidates(core, seq).Jobs.Any(job => Filter.Matches(job) && IsAfter(job, seq));

    private ChangePiece Candidates(NodeCore core, long? after) => (Filter.Ids, after) switch
    {
        ({ } ids, _) => new ChangePiece([.. ids.Select(core.Find).OfType<Job>()], core.Seq, null),
        (_, { } seq) => core.PieceSince(seq, LastRead, Most, IncludesUnassigned, IncludesRemoved, RemovedAfter),
        _ => new ChangePiece(core.Snapshot(), core.Seq, null),
    };

    private bool IsAfter(Job job, long? seq) => seq is null || (job.Seq > seq && (IncludesUnassigned || job.Status.Node is not null));
}
