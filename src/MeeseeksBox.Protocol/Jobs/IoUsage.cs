namespace MeeseeksBox.Protocol.Jobs;

/// <summary>What a run has read from disks and written to them, in bytes.</summary>
/// <param name="Read">Bytes read; what was in memory already does not count.</param>
/// <param name="Write">Bytes written.</param>
public readonly record struct IoUsage(long Read, long Write);
