using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that blocks its thread forever.</summary>
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
