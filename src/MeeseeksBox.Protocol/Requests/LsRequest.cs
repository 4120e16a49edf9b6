using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"ls":{"tag":"t1"}}</c>: returns the ids of jobs.</summary>
/// <param name="Filter">The jobs to list.</param>
public sealed record LsRequest(JobFilter Filter) : Request
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => Filter.Warnings;
}
