using MeeseeksBox.Plugins;

namespace TestProgram.Tasks;

/// <summary>An abstract task.</summary>
public abstract class Unfinished : IJobTask
{
    public abstract Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill);
}
