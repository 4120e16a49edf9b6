using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>Gives null where a task is wanted, or an outcome.</summary>
public sealed class Nothing : IJobTask
{
    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) => run.Job.Args is ["task"] ? null! : Task.FromResult<JobOutcome>(null!);
}
