using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <summary>What <see cref="MeeseeksClient.FollowAsync"/> has to tell at one time.</summary>
/// <param name="Jobs">Jobs as they are now.</param>
/// <param name="IsWhole">
/// True when these are all jobs there are, as at the start and after the box was away: one that was told of before and is not among them is
/// gone. False when these are the ones that changed.
/// </param>
public sealed record JobNews(IReadOnlyList<Job> Jobs, bool IsWhole);
