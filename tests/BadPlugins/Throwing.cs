using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that throws synchronously.</summary>
public sealed class Throwing : IJobTask
{
    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) => throw new InvalidOperationException("it threw at once");
}
