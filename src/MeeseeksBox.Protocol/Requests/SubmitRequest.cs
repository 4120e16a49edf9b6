using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"submit":{"pool":"p1","args":["/bin/true"]}}</c>: creates or changes a job.</summary>
/// <param name="Spec">The spec of the job.</param>
public sealed record SubmitRequest(SubmitArgument Spec) : Request;
