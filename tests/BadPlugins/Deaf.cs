using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>Does not hear that it is killed.</summary>
public sealed class Deaf : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return JobOutcome.Success();
    }
}
