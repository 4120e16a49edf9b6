using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"sync":{"id":{…}}}</c>: merges copies of jobs from an upstream node or a client.</summary>
/// <remarks>See docs/SPECIFICATION.md#sync-request.</remarks>
/// <param name="Jobs">The jobs.</param>
/// <param name="Problems">One error for each job that could not be read; the others are merged.</param>
public sealed record SyncRequest(IReadOnlyList<Job> Jobs, IReadOnlyList<string> Problems) : Request;
