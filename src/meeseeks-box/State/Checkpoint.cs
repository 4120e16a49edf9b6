using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>What a checkpoint saves, as of one instant.</summary>
/// <param name="Jobs">All jobs; null when none has changed since the last checkpoint.</param>
/// <param name="Seq">The number of the latest change.</param>
/// <param name="Removed">The jobs that were removed since the last checkpoint, or all with a tombstone.</param>
/// <param name="Tombstone">The number of the latest tombstone.</param>
/// <param name="Rotated">Completes when the journal has a new file for later changes.</param>
internal readonly record struct Checkpoint(
    IReadOnlyList<Job>? Jobs, long Seq, IReadOnlyList<Job> Removed, long Tombstone, Task Rotated);
