namespace MeeseeksBox.Simulation;

/// <summary>Virtual time: what is to happen, in its order. Time passes only from one event to the next.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (double Time, long Number)> _events = new();

    /// <summary>The present, in seconds since the beginning; the same for all boxes, like their steady clocks.</summary>
    public double Now { get; private set; }

    /// <summary>How many events there have been.</summary>
    public long Count { get; private set; }

    /// <summary>Two runs with the same one have had the same events at the same times.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>Has something happen after a while; what is due at the same time happens in the order in which it was put in.</summary>
    public void In(double seconds, Action what) => _events.Enqueue(what, (Now + seconds, ++Count));

    /// <summary>Lets time pass.</summary>
    public void Pass(double seconds)
    {
        var end = Now + seconds;
        while (_events.TryPeek(out _, out var next) && next.Time <= end)
        {
            var what = _events.Dequeue();
            Now = next.Time;
            Fingerprint = (Fingerprint ^ BitConverter.DoubleToUInt64Bits(next.Time) ^ (ulong)next.Number) * 1099511628211;
            what();
        }

        Now = end;
    }
}
