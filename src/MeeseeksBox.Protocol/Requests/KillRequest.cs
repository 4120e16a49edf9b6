using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"kill":"id"}</c>, <c>{"kill":["a","b"]}</c> or <c>{"kill":{"tag":"t1"}}</c>: end jobs.</summary>
/// <param name="Id">The one job, when a single id was given: the answer is that job then, not an object of jobs.</param>
/// <param name="Filter">Which; an empty one kills nothing.</param>
public sealed record KillRequest(string? Id, JobFilter Filter) : Request;
