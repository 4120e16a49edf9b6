using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Queries;

/// <summary>The first of the jobs that changed after a number of change, in the order of their changes.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Seq">The number of change up to which they are complete.</param>
/// <param name="Last">The job with that change when there are further ones; null when there are none.</param>
public readonly record struct ChangePiece(IReadOnlyList<Job> Jobs, long Seq, Job? Last);
