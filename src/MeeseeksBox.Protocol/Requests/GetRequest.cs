using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"get":{"state":"done"}}</c>: returns jobs with all attributes.</summary>
/// <param name="Filter">The jobs to return.</param>
public sealed record GetRequest(JobFilter Filter) : Request
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => Filter.Warnings;
}
