using MeeseeksBox.Core;

namespace MeeseeksBox.Agent.State;

/// <summary>The one timer of the core, set to its earliest deadline.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    private readonly ITimer _timer;
    private double _armedFor = double.PositiveInfinity;

    /// <param name="time">The clock.</param>
    /// <param name="due">Enters the core, calls <see cref="Clear"/>, and does what is due.</param>
    /// <param name="fault">Receives exceptions of the timer thread, which has no other observer.</param>
    public DeadlineTimer(TimeProvider time, Action due, Action<Exception> fault) =>
        _timer = time.CreateTimer(_ => OnTimer(due, fault), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Sets the timer to a deadline, inside the lock of the core.</summary>
    /// <remarks>
    /// A timer that is set too early stays: it finds nothing due and is set again, which is cheaper than moving it at every change.
    /// </remarks>
    public void Schedule(double? next, Instant now)
    {
        if (next is { } deadline && deadline < _armedFor)
        {
            _armedFor = deadline;
            _ = _timer.Change(now.Until(deadline), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets any deadline set the timer again, inside the lock of the core.</summary>
    /// <remarks>Timers use a coarser clock and may fire early, so that a deadline that is not due yet must set it again.</remarks>
    public void Clear() => _armedFor = double.PositiveInfinity;

    public void Dispose() => _timer.Dispose();

    private static void OnTimer(Action due, Action<Exception> fault)
    {
        try
        {
            due();
        }
#pragma warning disable CA1031 // The top of the timer's thread: an exception beyond here would end the process without a log line.
        catch (Exception problem)
        {
            fault(problem);
        }
#pragma warning restore CA1031
    }
}
