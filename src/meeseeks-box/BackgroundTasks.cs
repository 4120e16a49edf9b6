using Serilog;

namespace MeeseeksBox.Agent;

/// <summary>Observes the background loops of the box.</summary>
/// <remarks>A loop that fails is logged and stops the box.</remarks>
internal sealed class BackgroundTasks(ILogger log)
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a loop has failed.</summary>
    public Task Faulted => _broken.Task;

    /// <summary>Observes a loop until its end.</summary>
    /// <param name="name">Name of the loop in the log.</param>
    /// <param name="loop">The running loop.</param>
    /// <returns>A task that completes with the loop and never fails.</returns>
    public async Task Observe(string name, Task loop)
    {
        try
        {
            await loop;
        }
#pragma warning disable CA1031 // The top of every loop: any exception is logged.
        catch (Exception problem)
        {
            Fail(name, problem);
        }
#pragma warning restore CA1031
    }

    /// <summary>Logs the failure of a loop that nothing else observes, and completes <see cref="Faulted"/>.</summary>
    public void Fail(string name, Exception problem)
    {
        log.Fatal(problem, "background task {Loop} failed: internal error; please report it", name);
        _ = _broken.TrySetResult();
    }
}
