using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Client;

/// <summary>
/// One update of <see cref="MeeseeksClient.FollowAsync"/> or
/// <see cref="MeeseeksClient.FollowClusterAsync(JobSelection, CancellationToken)"/>.
/// </summary>
/// <param name="Jobs">The current records of the jobs.</param>
/// <param name="IsSnapshot">
/// True if <paramref name="Jobs"/> holds all jobs, as at the start and after a reconnect: a job that is missing is gone. False if it
/// holds only the changed jobs.
/// </param>
public sealed record JobUpdate(IReadOnlyList<Job> Jobs, bool IsSnapshot)
{
    /// <summary>The status of all nodes by name; null if only jobs are followed.</summary>
    /// <remarks>The same object as in the last update, unless a node changed.</remarks>
    public IReadOnlyDictionary<string, NodeStatus>? Nodes { get; init; }
}
