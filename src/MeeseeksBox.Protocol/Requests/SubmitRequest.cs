using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"submit":{"pool":"p1","args":["/bin/true"]}}</c>: make a job, or change one.</summary>
/// <param name="Spec">What is asked for.</param>
public sealed record SubmitRequest(JobSpec Spec) : Request;
