using MeeseeksBox.Core.Membership;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Queries;

/// <summary>When the live jobs of nodes were last reported: a node vouches for them by its status (docs/SPECIFICATION.md#leases).</summary>
public sealed class ReportTimes
{
    private readonly Dictionary<string, double> _times = new(StringComparer.Ordinal);

    internal ReportTimes(NodeCoreState state, IEnumerable<string> nodes, Instant now)
    {
        foreach (var node in nodes)
        {
            if (TimeOf(state, node, now) is { } time)
                _times[node] = time;
        }
    }

    /// <summary>A job as people see it. Needs no lock.</summary>
    /// <remarks>The stamps of the table stay: nodes merge by them.</remarks>
    /// <returns>The job, with the time of the report as its stamp if it has a lease.</returns>
    public Job Of(Job job) => job.Status is { Active: true, Node: { } node } && _times.TryGetValue(node, out var time)
        ? Stamped(job, time)
        : job;

    internal static Job Of(NodeCoreState state, Job job, Instant now) =>
        job.Status is { Active: true, Node: { } node } && TimeOf(state, node, now) is { } time ? Stamped(job, time) : job;

    private static Job Stamped(Job job, double time) => time > job.Ts ? job with { Ts = time } : job;

    private static double? TimeOf(NodeCoreState state, string node, Instant now) => node == state.Settings.Name ? now.Wall
        : state.Nodes.LeaseOf(node) is Lease.Full ? state.Nodes.Find(node)!.Status.Ts
        : null;
}
