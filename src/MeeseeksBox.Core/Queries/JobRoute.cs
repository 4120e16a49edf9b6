using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Queries;

/// <summary>The way from this node to the run of a job.</summary>
/// <param name="Job">The record of the job on this node.</param>
/// <param name="IsHere">True when the job is on this node, or has ended.</param>
/// <param name="Problem">Why its node cannot be asked; null when it can.</param>
/// <param name="IsCapable">True when its node has the capability that was asked for.</param>
/// <param name="Peers">The peers with the capability that reach its node, the best first.</param>
public sealed record JobRoute(Job Job, bool IsHere, string? Problem, bool IsCapable, IReadOnlyList<string> Peers)
{
    /// <summary>True while the job has a run.</summary>
    public bool IsRunning => HasRun(Job);

    /// <summary>True while a job has a run. This includes a killed job whose processes have not ended.</summary>
    public static bool HasRun(Job job) => job.Status.State is JobState.Running || (job.Status.Active && !job.IsLive);

    /// <summary>Finds the way to a job; null for an unknown job.</summary>
    /// <param name="core">The core.</param>
    /// <param name="id">The id of the job.</param>
    /// <param name="capability">What its node, and the peer on the way, must be capable of.</param>
    public static JobRoute? Find(NodeCore core, string id, string capability)
    {
        if (core.Find(id) is not { } job)
            return null;

        if (job.HasEnded || job.Status.Node is not { } name || name == core.Settings.Name)
            return new JobRoute(job, IsHere: true, Problem: null, IsCapable: true, []);

        if (core.Nodes.Find(name) is not { } node)
            return Elsewhere($"job '{id}' is on node '{name}', which this node does not reach");

        if (!node.Status.Online)
            return Elsewhere($"job '{id}' is on node '{name}', which is offline");

        // The peer that reported the node last has the shortest way at present.
        var peers = core.Peers
            .Where(peer => core.Nodes.IsReachedThrough(peer, name)
                && core.Nodes.Find(peer) is { Status: { Online: true } status } && status.Can(capability))
            .OrderByDescending(peer => peer == node.Peer);
        return Elsewhere(problem: null) with { IsCapable = node.Status.Can(capability), Peers = [.. peers] };

        JobRoute Elsewhere(string? problem) => new(job, IsHere: false, problem, IsCapable: false, []);
    }
}
