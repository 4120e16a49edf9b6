using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that ignores its kill.</summary>
public sealed class Deaf : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return JobOutcome.Success();
    }
}
