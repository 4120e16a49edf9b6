using MeeseeksBox.Foundation.Time;
using Serilog;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Limits the requests of each client to <c>listen.rate</c> a second (docs/SPECIFICATION.md#size-limits).</summary>
/// <remarks>
/// A client over the rate is answered later, not refused. After a pause it may send the requests of one second at once. All connections of
/// a client share its rate.
/// </remarks>
/// <param name="rate">The present limit, in requests a second; 0 for none.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives a warning once an hour for each client over the rate.</param>
internal sealed class RequestRates(Func<double> rate, TimeProvider time, ILogger log)
{
    // Bounds the memory.
    private const int Most = 10_000;
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();

    // Until when the requests of a client last at the rate, and when it was logged.
    private readonly Dictionary<string, (long Until, long? LoggedAt)> _clients = new(StringComparer.Ordinal);

    /// <summary>Whether there is a limit.</summary>
    public bool AreLimited => rate() > 0;

    /// <summary>The number of clients that are remembered.</summary>
    public int ClientCount => _clients.Count;

    /// <summary>Waits until some requests of a client may be carried out.</summary>
    /// <param name="client">The client.</param>
    /// <param name="count">The number of its requests.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task WaitAsync(string client, int count, CancellationToken stop) =>
        rate() is > 0 and var limit && Take(client, count, limit) is var wait && wait > TimeSpan.Zero
            ? Task.Delay(wait, time, stop)
            : Task.CompletedTask;

    private TimeSpan Take(string client, int count, double limit)
    {
        var now = time.MonotonicTicks();
        var isNew = false;
        TimeSpan wait;
        lock (_lock)
        {
            var (until, loggedAt) = _clients.GetValueOrDefault(client);
            until = Math.Max(until, now) + (long)Math.Min(count / limit * TimeSpan.TicksPerSecond, TimeSpan.FromDays(1).Ticks);
            wait = TimeSpan.FromTicks(Math.Max(0, until - Burst.Ticks - now));
            if (wait > TimeSpan.Zero && (loggedAt is null || now - loggedAt >= Silence.Ticks))
                (isNew, loggedAt) = (true, now);
            if (_clients.Count >= Most)
                RemoveIdle(now);
            _clients[client] = (until, loggedAt);
        }

        if (isNew)
            log.Warning("{Client} sends more than {Rate} requests a second (listen.rate); its answers are delayed", client, limit);
        return wait;
    }

    private void RemoveIdle(long now)
    {
        foreach (var (client, known) in _clients)
        {
            if (known.Until <= now)
                _ = _clients.Remove(client);
        }

        if (_clients.Count >= Most)
            _clients.Clear();
    }
}
