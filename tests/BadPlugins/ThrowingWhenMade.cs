using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task whose constructor throws.</summary>
public sealed class ThrowingWhenMade : IJobTask
{
    /// <summary>Always throws.</summary>
    public ThrowingWhenMade() => throw new InvalidOperationException("it threw when it was made");

    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) => Task.FromResult(JobOutcome.Success());
}
