using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that reports an attribute of the box.</summary>
public sealed class Meddling : IJobTask
{
    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        run.Report(run.Job.Args[0], "mine");
        return Task.FromResult(JobOutcome.Success());
    }
}
