using MeeseeksBox.Plugins;

namespace TestProgram.Tasks;

/// <summary>A task without a constructor that the box can use.</summary>
public sealed class NeedsAName(string name) : IJobTask
{
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill) => Task.FromResult(JobOutcome.Failure(1, name));
}
