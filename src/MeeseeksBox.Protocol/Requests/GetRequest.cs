using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"get":{"state":"done"}}</c>: jobs, whole.</summary>
/// <param name="Filter">Which.</param>
public sealed record GetRequest(JobFilter Filter) : Request;
