using Serilog;

namespace MeeseeksBox.WatchAgent;

/// <summary>The background loops of the watcher.</summary>
/// <remarks>An unexpected end of a loop is logged and ends the watcher.</remarks>
internal sealed class WatcherTasks(ILogger log)
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a loop has failed.</summary>
    public Task Faulted => _broken.Task;

    /// <summary>Observes a loop.</summary>
    /// <param name="name">Its name in the log.</param>
    /// <param name="loop">The running loop.</param>
    /// <returns>The same loop, which does not fail.</returns>
    public async Task Observe(string name, Task loop)
    {
        try
        {
            await loop;
        }
#pragma warning disable CA1031 // This is the top of every loop: each exception is logged.
        catch (Exception problem)
        {
            log.Fatal(problem, "the {Loop} has ended by a fault in this program; please report it", name);
            _ = _broken.TrySetResult();
        }
#pragma warning restore CA1031
    }
}
