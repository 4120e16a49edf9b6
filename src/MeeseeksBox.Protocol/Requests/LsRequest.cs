using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"ls":{"tag":"t1"}}</c>: the ids of jobs.</summary>
/// <param name="Filter">Which.</param>
public sealed record LsRequest(JobFilter Filter) : Request;
