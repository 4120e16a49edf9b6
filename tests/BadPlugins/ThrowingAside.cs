using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that succeeds, but throws on its own thread or in an <c>async void</c>.</summary>
public sealed class ThrowingAside : IJobTask
{
    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        if (run.Job.Args is ["thread"])
            new Thread(() => throw new InvalidOperationException("it threw on its thread")).Start();
        else
            ThrowLater();

        return Task.FromResult(JobOutcome.Success());
    }

    private static async void ThrowLater()
    {
        await Task.Yield();
        throw new InvalidOperationException("it threw in a void");
    }
}
