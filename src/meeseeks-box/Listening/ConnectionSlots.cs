namespace MeeseeksBox.Agent.Listening;

/// <summary>The slots for connections, whose number a new configuration may change.</summary>
internal sealed class ConnectionSlots : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _free = new(0);
    private int _count;

    // Slots over the limit, which are in use and disappear when they are released.
    private int _excess;

    /// <summary>True when the next connection must wait.</summary>
    public bool AreTaken => _free.CurrentCount is 0;

    /// <summary>Takes a slot, as soon as there is one.</summary>
    /// <param name="longest">The longest wait.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>False when there was none in time.</returns>
    public Task<bool> TryAcquireAsync(TimeSpan longest, CancellationToken stop) => _free.WaitAsync(longest, stop);

    /// <summary>Gives a slot back.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_excess > 0)
            {
                _excess--;
            }
            else
            {
                _ = _free.Release();
            }
        }
    }

    /// <summary>Changes the number of slots. Connections over the limit continue.</summary>
    public void Resize(int count)
    {
        lock (_lock)
        {
            _excess += _count - count;
            _count = count;
            if (_excess < 0)
            {
                _ = _free.Release(-_excess);
                _excess = 0;
            }

            while (_excess > 0 && _free.Wait(0))
                _excess--;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}
