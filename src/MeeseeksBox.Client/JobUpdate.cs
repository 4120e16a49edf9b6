using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Client;

/// <summary>What <see cref="MeeseeksClient.FollowAsync"/> and <see cref="MeeseeksClient.FollowClusterAsync"/> have to tell at one time.</summary>
/// <param name="Jobs">Jobs as they are now.</param>
/// <param name="IsSnapshot">
/// True when these are all jobs there are, as at the start and after the box was away: one that was told of before and is not among them is
/// gone. False when these are the ones that changed.
/// </param>
public sealed record JobUpdate(IReadOnlyList<Job> Jobs, bool IsSnapshot)
{
    /// <summary>All nodes as they are now, by name; null where only jobs are followed. The same object as before when none has changed.</summary>
    public IReadOnlyDictionary<string, NodeStatus>? Nodes { get; init; }
}
