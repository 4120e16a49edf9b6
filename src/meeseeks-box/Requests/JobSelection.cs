using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Finds the jobs that a filter means.</summary>
internal static class JobSelection
{
    /// <summary>The jobs, and the number of change up to which they are complete.</summary>
    /// <remarks>By ids and by number of change they are looked up. For the rest the snapshots are taken together and looked through outside of the lock.</remarks>
    public static (IReadOnlyList<Job> Jobs, long Seq) Select(this StateKeeper state, JobFilter filter)
    {
        var (candidates, seq) = state.Do((ledger, _) => (filter switch
        {
            { Ids: { } ids } => [.. ids.Select(ledger.Find).OfType<Job>()],
            { NewerSeq: { } newer } => ledger.Newer(newer),
            _ => ledger.Snapshot(),
        }, ledger.Seq));
        return (filter.IsEmpty ? candidates : [.. candidates.Where(job => filter.Matches(job) && IsNewer(job, filter.NewerSeq))], seq);
    }

    // SPEC.md §2.4: who asks by number of change is a node, and a job without a node must not spread.
    private static bool IsNewer(Job job, long? seq) => seq is null || (job.Seq > seq && job.Node is not null);
}
