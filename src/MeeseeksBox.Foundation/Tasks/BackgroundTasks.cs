namespace MeeseeksBox.Foundation.Tasks;

/// <summary>Observes the background loops of a program.</summary>
/// <remarks>A loop that fails is reported, and ends the program by <see cref="Faulted"/>.</remarks>
/// <param name="report">Logs the name and the exception of a failed loop.</param>
public sealed class BackgroundTasks(Action<string, Exception> report)
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
            await loop.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The top of every loop: any exception is logged.
        catch (Exception problem)
        {
            Fail(name, problem);
        }
#pragma warning restore CA1031
    }

    /// <summary>Reports the failure of a loop that nothing else observes, and completes <see cref="Faulted"/>.</summary>
    public void Fail(string name, Exception problem)
    {
        report(name, problem);
        _ = _broken.TrySetResult();
    }
}
