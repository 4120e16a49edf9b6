using MeeseeksBox.Plugins;

namespace TestProgram.Tasks;

/// <summary>A correct task, which counts its instances.</summary>
public sealed class Greeting : IJobTask
{
    private static int _made;

    private readonly int _number = Interlocked.Increment(ref _made);

    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        run.Report("greeting", $"hello {run.Job.Args[0]}");
        run.Report("made", _number);
        return Task.FromResult(JobOutcome.Success());
    }
}
