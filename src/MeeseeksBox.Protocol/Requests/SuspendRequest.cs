using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"suspend":"id"}</c> or <c>{"resume":["a","b"]}</c>: stops the processes of running jobs, or continues them.</summary>
/// <param name="IsSuspended">True for <c>suspend</c>, false for <c>resume</c>.</param>
/// <param name="Id">The single id, if one was given; the answer is then that job and not an object of jobs.</param>
/// <param name="Filter">The jobs; an empty filter selects none.</param>
public sealed record SuspendRequest(bool IsSuspended, string? Id, JobFilter Filter) : Request
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => Filter.Warnings;
}
