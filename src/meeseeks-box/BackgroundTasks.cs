using Serilog;

namespace MeeseeksBox.Agent;

/// <summary>The loops of the box that run in the background. The end of one that nobody asked for is the end of the box, and not a silent one.</summary>
internal sealed class BackgroundTasks(ILogger log)
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a loop has ended by a fault.</summary>
    public Task Faulted => _broken.Task;

    /// <summary>Watches a loop.</summary>
    /// <param name="name">What it is, for the log.</param>
    /// <param name="loop">The loop, which has begun.</param>
    /// <returns>The same loop; it does not fail.</returns>
    public async Task Observe(string name, Task loop)
    {
        try
        {
            await loop;
        }
#pragma warning disable CA1031 // This is the top of every loop: whatever ended it is said.
        catch (Exception problem)
        {
            Fail(name, problem);
        }
#pragma warning restore CA1031
    }

    /// <summary>Says that something which nothing else waits for has ended by a fault.</summary>
    public void Fail(string name, Exception problem)
    {
        log.Fatal(problem, "the {Loop} has ended by a fault in this program; please report it", name);
        _ = _broken.TrySetResult();
    }
}
