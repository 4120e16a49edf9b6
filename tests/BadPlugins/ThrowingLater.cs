using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>Throws when it is under way.</summary>
public sealed class ThrowingLater : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        await Task.Yield();
        throw new InvalidOperationException("it threw later");
    }
}
