using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.Foundation.Network;

/// <summary>Cancels work on a connection on which no byte has moved for a time.</summary>
/// <remarks>It begins at <see cref="Restart"/>.</remarks>
public sealed class SilenceLimit : IDisposable
{
    private readonly Traffic _traffic;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private TimeSpan _wait;
    private long? _begin;

    /// <param name="traffic">Knows when the last byte moved.</param>
    /// <param name="timeout">The longest silence.</param>
    /// <param name="time">The clock.</param>
    public SilenceLimit(Traffic traffic, TimeSpan timeout, TimeProvider time)
    {
        (_traffic, _timeout, _time) = (traffic, timeout.ForTimer(), time);
        _timer = time.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled after the silence.</summary>
    public CancellationToken Token => _over.Token;

    /// <summary>True after the silence.</summary>
    public bool IsOver => _over.IsCancellationRequested;

    /// <summary>Starts the time again.</summary>
    /// <param name="wait">
    /// How long the other side may be silent on purpose from now on. It can begin only when it has all that was sent, so its time begins at
    /// the last byte that moves.
    /// </param>
    public void Restart(TimeSpan wait)
    {
        lock (_lock)
        {
            (_wait, _begin) = (wait, _time.MonotonicTicks());
            _ = _timer.Change((_wait + _timeout).ForTimer(), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Allows any silence until <see cref="Restart"/>.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            _begin = null;
            _ = _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _timer.Dispose();

        _over.Dispose();
    }

    private void Check()
    {
        lock (_lock)
        {
            if (_begin is not { } begin)
                return;

            var due = Math.Max(begin, _traffic.LastAt) + (_wait + _timeout).Ticks;
            var left = TimeSpan.FromTicks(due - _time.MonotonicTicks());
            if (left > TimeSpan.Zero)
            {
                _ = _timer.Change(RoundedUp(left).ForTimer(), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work has ended meanwhile.
        }
    }

    // A timer counts whole milliseconds, and rounds down.
    private static TimeSpan RoundedUp(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds));
}
