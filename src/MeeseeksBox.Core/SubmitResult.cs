using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>What came of a <c>submit</c>.</summary>
/// <param name="Jobs">Each job that was made or changed, under its id; null where it was refused.</param>
/// <param name="Error">Why it was refused, in a person's words; null when it was not.</param>
/// <param name="Warnings">What of the spec was not followed.</param>
public sealed record SubmitResult(IReadOnlyList<KeyValuePair<string, Job?>> Jobs, string? Error, IReadOnlyList<string> Warnings)
{
    /// <summary>The kind of the refusal (<see cref="ErrorCode"/>).</summary>
    public string Code { get; init; } = ErrorCode.Refused;
}
