using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>A job that runs as a process, with a file from which a test reads its output while it runs.</summary>
internal sealed class RunningJob : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly Task<JobOutcome> _outcome;

    private RunningJob(JobDescription job)
    {
        Run = new FakeRun(job with { Stdout = job.Stdout ?? _folder.File("stdout") });
        _outcome = Task.Run(() => TestRunner.Task.RunAsync(Run, _kill.Token));
    }

    public FakeRun Run { get; }

    /// <summary>Starts the test program and waits for its first output, such as the pid of a child.</summary>
    public static async Task<(RunningJob Job, string Said)> StartAsync(JobDescription description, CancellationToken giveUp)
    {
        var job = new RunningJob(description);
        await Wait.Until(() => job.Said().EndsWith('\n'), () => $"'{job.Said()}', {job._outcome.Status}", giveUp);
        return (job, job.Said().Trim());
    }

    public Task<JobOutcome> KillAsync()
    {
        _kill.Cancel();
        return _outcome;
    }

    public Task<JobOutcome> EndAsync() => _outcome;

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _kill.Dispose();
        _folder.Dispose();
    }

    private string Said() => File.Exists(Run.Job.Stdout) ? File.ReadAllText(Run.Job.Stdout) : "";
}
