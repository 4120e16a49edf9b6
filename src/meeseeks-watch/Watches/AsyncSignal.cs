namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Wakes a loop. Several calls before it waits wake it once.</summary>
internal sealed class AsyncSignal(TimeProvider time) : IDisposable
{
    // A timer supports 49 days at most.
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
            // It is set already.
        }
    }

    /// <summary>Waits until the signal is set or the time has passed.</summary>
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
            // The time has passed.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();
}
