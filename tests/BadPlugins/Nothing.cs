using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that returns null as its task or its outcome.</summary>
public sealed class Nothing : IJobTask
{
    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) =>
        run.Job.Args is ["task"] ? null! : Task.FromResult<JobOutcome>(null!);
}
