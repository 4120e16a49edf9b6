namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Keeps a pause between two runs of the same work, whatever makes it due again (docs/SPECIFICATION.md#brake).</summary>
/// <remarks>Times are in units of 100 ns of a clock that nobody sets.</remarks>
/// <typeparam name="TKey">What distinguishes work: also the folder, when another one may take its place.</typeparam>
/// <param name="pause">The pause after the end of a run.</param>
public sealed class RunBrake<TKey>(TimeSpan pause)
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> _ends = [];
    private readonly Queue<(TKey Key, long End)> _order = [];
    private readonly HashSet<TKey> _held = [];

    // How often in a row the work had to wait.
    private readonly Dictionary<TKey, int> _repeats = [];

    /// <summary>Records the end of a run.</summary>
    public void AddEnd(TKey key, long now)
    {
        while (_order.TryPeek(out var oldest) && oldest.End + pause.Ticks <= now)
        {
            _ = _order.Dequeue();
            if (_ends.TryGetValue(oldest.Key, out var end) && end == oldest.End)
                _ = _ends.Remove(oldest.Key);
        }

        _ends[key] = now;
        _order.Enqueue((key, now));
    }

    /// <summary>The time until work may run that is due; 0 when it may run now.</summary>
    public TimeSpan RestOf(TKey key, long now)
    {
        if (_ends.TryGetValue(key, out var end) && now < end + pause.Ticks)
        {
            _ = _held.Add(key);
            return TimeSpan.FromTicks(end + pause.Ticks - now);
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
}
