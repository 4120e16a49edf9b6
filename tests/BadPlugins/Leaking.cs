using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>A task that leaks a thread, a file, memory and an unobserved exception.</summary>
public sealed class Leaking : IJobTask
{
    private static readonly List<object> Kept = [];

    /// <inheritdoc/>
    public Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        lock (Kept)
        {
            Kept.Add(File.OpenRead("/dev/null"));
            Kept.Add(new byte[100_000]);
        }

        new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();
        _ = Task.Run(() => throw new InvalidOperationException("unobserved"), CancellationToken.None);
        _ = kill.Register(() => { });
        return Task.FromResult(JobOutcome.Success());
    }
}
