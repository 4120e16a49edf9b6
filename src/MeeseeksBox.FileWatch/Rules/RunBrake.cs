namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Keeps a pause between two runs of the same work, whatever makes it due again (docs/SPECIFICATION.md#brake).</summary>
/// <remarks>Times are in units of 100 ns of a clock that nobody sets.</remarks>
/// <typeparam name="TKey">What distinguishes work: also the folder, when another one may take its place.</typeparam>
/// <param name="pause">The pause after the end of a run.</param>
public sealed class RunBrake<TKey>(TimeSpan pause)
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> _ends = [];
    private readonly Queue<(TKey Key, long End, long Until)> _order = [];
    private readonly HashSet<TKey> _held = [];

    // How often in a row the work had to wait.
    private readonly Dictionary<TKey, int> _repeats = [];

    /// <summary>Records the end of a run.</summary>
    /// <param name="key">The work.</param>
    /// <param name="now">The time.</param>
    /// <param name="kept">How long it is kept: the longest pause after it.</param>
    public void AddEnd(TKey key, long now, TimeSpan kept)
    {
        while (_order.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _ = _order.Dequeue();
            if (_ends.TryGetValue(oldest.Key, out var end) && end == oldest.End)
                _ = _ends.Remove(oldest.Key);
        }

        _ends[key] = now;
        _order.Enqueue((key, now, now + Math.Max(kept.Ticks, pause.Ticks)));
    }

    /// <summary>The time until failed work may run again; 0 when it may run now.</summary>
    /// <param name="key">The work.</param>
    /// <param name="now">The time.</param>
    /// <param name="retryPause">The pause after its failure.</param>
    public TimeSpan RestAfterFailure(TKey key, long now, TimeSpan retryPause) => Rest(key, now, retryPause);

    /// <summary>The time until work may run that is due; 0 when it may run now.</summary>
    public TimeSpan RestOf(TKey key, long now)
    {
        var rest = Rest(key, now, pause);
        if (rest > TimeSpan.Zero)
        {
            _ = _held.Add(key);
            return rest;
        }

        if (_held.Remove(key))
            _repeats[key] = _repeats.GetValueOrDefault(key) + 1;
        else
            _ = _repeats.Remove(key);
        return TimeSpan.Zero;
    }

    /// <summary>Lets work run at once, whatever it did before.</summary>
    public void Release(TKey key)
    {
        _ = _ends.Remove(key);
        _ = _held.Remove(key);
        _ = _repeats.Remove(key);
    }

    /// <summary>How often in a row the work had to wait, with the present time.</summary>
    public int RepeatsOf(TKey key) => _repeats.GetValueOrDefault(key) + (_held.Contains(key) ? 1 : 0);

    private TimeSpan Rest(TKey key, long now, TimeSpan wanted) =>
        _ends.TryGetValue(key, out var end) && now < end + wanted.Ticks ? TimeSpan.FromTicks(end + wanted.Ticks - now) : TimeSpan.Zero;
}
