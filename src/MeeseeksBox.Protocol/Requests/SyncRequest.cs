using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"sync":{"id":{…}}}</c>: jobs as the upstream node knows them (docs/SPECIFICATION.md#sync-request).</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Problems">What could not be read, one text a job; the others count.</param>
public sealed record SyncRequest(IReadOnlyList<Job> Jobs, IReadOnlyList<string> Problems) : Request;
