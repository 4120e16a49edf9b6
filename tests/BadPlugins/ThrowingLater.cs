using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that throws asynchronously.</summary>
public sealed class ThrowingLater : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        await Task.Yield();
        throw new InvalidOperationException("it threw later");
    }
}
