using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <summary>What came of a submit.</summary>
/// <param name="Jobs">The jobs that were made or changed: several when several nodes were meant.</param>
/// <param name="Warnings">What of the request was not followed, one text each.</param>
public sealed record SubmittedJobs(IReadOnlyList<Job> Jobs, IReadOnlyList<string> Warnings)
{
    /// <summary>The job, where there is only one.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    public Job Job => Jobs.Single();
}
