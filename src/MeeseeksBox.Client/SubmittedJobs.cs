using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <summary>The result of a submit.</summary>
/// <param name="Jobs">The jobs that were made or changed: one for each selected node.</param>
/// <param name="Warnings">The parts of the request that were not followed, one text each.</param>
public sealed record SubmittedJobs(IReadOnlyList<Job> Jobs, IReadOnlyList<string> Warnings)
{
    /// <summary>The only job.</summary>
    /// <exception cref="InvalidOperationException">The submit made several jobs.</exception>
    public Job Job => Jobs.Single();
}
