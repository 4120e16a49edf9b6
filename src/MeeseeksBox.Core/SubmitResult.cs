using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>The result of a <c>submit</c>.</summary>
/// <param name="Jobs">Each job that was made or changed, by its id; null where the submit was rejected.</param>
/// <param name="Error">Why it was rejected; null when it was not.</param>
/// <param name="Warnings">The parts of the spec that were not carried out.</param>
public sealed record SubmitResult(IReadOnlyList<KeyValuePair<string, Job?>> Jobs, string? Error, IReadOnlyList<string> Warnings)
{
    /// <summary>The code of the error (<see cref="ErrorCode"/>).</summary>
    public string Code { get; init; } = ErrorCode.Refused;
}
