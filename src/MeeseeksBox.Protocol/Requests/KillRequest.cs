using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"kill":"id"}</c>, <c>{"kill":["a","b"]}</c> or <c>{"kill":{"tag":"t1"}}</c>: kills jobs.</summary>
/// <param name="Id">The single id, if one was given; the answer is then that job and not an object of jobs.</param>
/// <param name="Filter">The jobs to kill; an empty filter kills none.</param>
public sealed record KillRequest(string? Id, JobFilter Filter) : Request;
