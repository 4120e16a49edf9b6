using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>Never gives its thread back.</summary>
public sealed class Blocking : IJobTask
{
    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        run.Started();
        Thread.Sleep(Timeout.Infinite);
        return Task.FromResult(JobOutcome.Success());
    }
}
