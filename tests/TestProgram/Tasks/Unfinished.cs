using MeeseeksBox.Plugins;

namespace TestProgram.Tasks;

/// <summary>A task that is only the beginning of one.</summary>
public abstract class Unfinished : IJobTask
{
    public abstract Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill);
}
