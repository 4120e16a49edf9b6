using MeeseeksBox.Plugins;

namespace BadPlugins;

/// <summary>Leaves behind whatever it can: a thread, a handle, memory, and tasks that fail with nobody to hear of it.</summary>
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
        _ = Task.Run(() => throw new InvalidOperationException("nobody hears this"), CancellationToken.None);
        _ = kill.Register(() => { });
        return Task.FromResult(JobOutcome.Success());
    }
}
