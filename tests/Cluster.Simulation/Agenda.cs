namespace MeeseeksBox.Simulation;

/// <summary>Virtual time: a queue of events in order. Time advances only from one event to the next.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (double Time, long Number)> _events = new();

    /// <summary>The seconds since the start: the monotonic clock of all boxes.</summary>
    public double Now { get; private set; }

    /// <summary>The number of events that were scheduled.</summary>
    public long Count { get; private set; }

    /// <summary>A hash of the times and numbers of all events: equal for equal runs.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>Schedules an event after a delay. Events at the same time happen in the order of their scheduling.</summary>
    public void In(double seconds, Action action) => _events.Enqueue(action, (Now + seconds, ++Count));

    /// <summary>Advances the time, and runs all events that become due.</summary>
    public void Pass(double seconds)
    {
        var end = Now + seconds;
        while (_events.TryPeek(out _, out var next) && next.Time <= end)
        {
            var action = _events.Dequeue();
            Now = next.Time;
            Fingerprint = (Fingerprint ^ BitConverter.DoubleToUInt64Bits(next.Time) ^ (ulong)next.Number) * 1099511628211;
            action();
        }

        Now = end;
    }
}
