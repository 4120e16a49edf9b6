using MeeseeksBox.Core.Membership;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Queries;

/// <summary>Shows people when a live job was last reported: its node vouches for it by its status (docs/SPECIFICATION.md#leases).</summary>
/// <remarks>The stamps of the table stay: nodes merge by them.</remarks>
internal readonly struct ReportedStamps(NodeCoreState state, Instant now)
{
    /// <summary>The jobs, with the time of the report as the stamp of those with a lease.</summary>
    public IReadOnlyList<Job> Of(IReadOnlyList<Job> jobs)
    {
        Job[]? reported = null;
        for (var i = 0; i < jobs.Count; i++)
        {
            if (ReportOf(jobs[i]) is { } time && time > jobs[i].Ts)
            {
                reported ??= [.. jobs];
                reported[i] = jobs[i] with { Ts = time };
            }
        }

        return reported ?? jobs;
    }

    private double? ReportOf(Job job) => job.Status is not { Active: true, Node: { } node } ? null
        : node == state.Settings.Name ? now.Wall
        : state.Nodes.LeaseOf(node) is Lease.Full ? state.Nodes.Find(node)!.Status.Ts
        : null;
}
