using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tails;

/// <summary>Where the output of a job is.</summary>
/// <param name="Job">The record of the job on this node.</param>
/// <param name="IsHere">True when the job is on this node.</param>
/// <param name="Problem">Why its node cannot be asked; null when it can.</param>
/// <param name="Peers">The peers that reach its node and show output of running jobs, the best first.</param>
internal sealed record OutputRoute(Job Job, bool IsHere, string? Problem, IReadOnlyList<string> Peers)
{
    /// <summary>True while the job has a run, whose output is not in the record.</summary>
    public bool IsRunning => Job.Status.State is JobState.Running || (Job.Status.Active && !Job.IsLive);

    /// <summary>Finds the output of a job; null for an unknown job.</summary>
    public static OutputRoute? Find(NodeCore core, string id)
    {
        if (core.Find(id) is not { } job)
            return null;

        if (job.HasEnded || job.Status.Node is not { } name || name == core.Settings.Name)
            return new OutputRoute(job, IsHere: true, Problem: null, []);

        if (core.Nodes.Find(name) is not { } node)
            return new OutputRoute(job, IsHere: false, $"job '{id}' is on node '{name}', which this node does not reach", []);

        if (!node.Status.Online)
            return new OutputRoute(job, IsHere: false, $"job '{id}' is on node '{name}', which is offline", []);

        // The peer that reported the node last has the shortest way at present.
        var peers = core.Peers
            .Where(peer => core.Nodes.IsReachedThrough(peer, name) && core.Nodes.Find(peer) is { Status: { Online: true, HasTail: true } })
            .OrderByDescending(peer => peer == node.Peer);
        return new OutputRoute(job, IsHere: false, Problem: null, node.Status.HasTail ? [.. peers] : []);
    }
}
