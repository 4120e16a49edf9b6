using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>The result of a request to suspend or resume a job.</summary>
/// <param name="Job">The job; null when the request was refused.</param>
/// <param name="Problem">Why it was refused; null when it was not.</param>
public sealed record SuspensionResult(Job? Job, string? Problem);
