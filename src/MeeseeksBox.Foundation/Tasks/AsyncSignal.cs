using System.Threading.Channels;
using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.Foundation.Tasks;

/// <summary>Wakes a loop. Several calls before it waits wake it once.</summary>
public sealed class AsyncSignal
{
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop.</summary>
    public void Set() => _calls.Writer.TryWrite(true);

    /// <summary>Ends the loop, after a call that it has not seen yet.</summary>
    public void Complete() => _calls.Writer.TryComplete();

    /// <summary>Waits until the signal is set.</summary>
    /// <returns>False when the signal is complete.</returns>
    public async Task<bool> WaitAsync(CancellationToken stop = default)
    {
        var isOpen = await _calls.Reader.WaitToReadAsync(stop);
        _ = _calls.Reader.TryRead(out _);
        return isOpen;
    }

    /// <summary>Waits until the signal is set or the time has passed.</summary>
    /// <param name="atMost">The time; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Cancels the wait.</param>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (atMost <= TimeSpan.Zero && atMost != Timeout.InfiniteTimeSpan)
            return;

        using var over = new CancellationTokenSource(atMost.ForTimer(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, over.Token);
        try
        {
            _ = await WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The time has passed.
        }
    }
}
