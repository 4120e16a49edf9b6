using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that throws in the callback of its kill.</summary>
public sealed class ThrowingAtKill : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        await using var registration = kill.Register(() => throw new InvalidOperationException("it threw at its kill"));
        await Task.Delay(Timeout.Infinite, kill).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return JobOutcome.Failure(rc: 7);
    }
}
