using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Finds the jobs that a filter means.</summary>
internal static class JobQueryRunner
{
    /// <summary>The jobs, and the number of change up to which they are complete.</summary>
    /// <remarks>By ids and by number of change they are looked up. For the rest the snapshots are taken together and looked through outside of the lock.</remarks>
    public static (IReadOnlyList<Job> Jobs, long Seq) Select(this CoreHost host, JobFilter filter, RequestOptions options)
    {
        var (candidates, seq) = host.Execute((core, _) => (Candidates(core, filter, options), core.Seq));
        return (filter.IsEmpty ? candidates : [.. candidates.Where(job => filter.Matches(job) && IsNewer(job, filter.NewerSeq, options))], seq);
    }

    /// <summary>True when there is a job that a filter means and that changed after a number, which counts in place of the filter's own.</summary>
    public static bool HasAnyAfter(this NodeCore core, long seq, JobFilter filter, RequestOptions options)
    {
        var candidates = filter.Ids is { } ids ? ids.Select(core.Find).OfType<Job>() : core.ChangesSince(seq, options.Unassigned);
        return candidates.Any(job => filter.Matches(job) && IsNewer(job, seq, options));
    }

    private static IReadOnlyList<Job> Candidates(NodeCore core, JobFilter filter, RequestOptions options) => filter switch
    {
        { Ids: { } ids } => [.. ids.Select(core.Find).OfType<Job>()],
        { NewerSeq: { } newer } => core.ChangesSince(newer, options.Unassigned),
        _ => core.Snapshot(),
    };

    // A request by number of change comes from a node, and a job without a node must not spread (docs/SPECIFICATION.md#unassigned-jobs).
    private static bool IsNewer(Job job, long? seq, RequestOptions options) =>
        seq is null || (job.Seq > seq && (options.Unassigned || job.Node is not null));
}
