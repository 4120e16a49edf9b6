using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>Cannot even be made.</summary>
public sealed class ThrowingWhenMade : IJobTask
{
    /// <summary>Throws.</summary>
    public ThrowingWhenMade() => throw new InvalidOperationException("it threw when it was made");

    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) => Task.FromResult(JobOutcome.Success());
}
