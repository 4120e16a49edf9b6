namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Wakes a loop; any number of calls while it is awake wake it once more.</summary>
internal sealed class AsyncSignal(TimeProvider time) : IDisposable
{
    // A timer can do no more than 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim _calls = new(0, 1);

    /// <summary>Wakes the loop.</summary>
    public void Set()
    {
        try
        {
            _ = _calls.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is to be woken already.
        }
    }

    /// <summary>Waits for a call, or until some time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken stop)
    {
        if (atMost <= TimeSpan.Zero)
        {
            stop.ThrowIfCancellationRequested();
            return;
        }

        using var over = new CancellationTokenSource(atMost < Longest ? atMost : Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, over.Token);
        try
        {
            await _calls.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();
}
