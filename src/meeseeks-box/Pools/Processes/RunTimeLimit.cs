namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The time limit of a run, from its start, which may change. May be used by any thread.</summary>
internal sealed class RunTimeLimit
{
    // 31 years, as for a time of the configuration. A job may have any number.
    private const double Most = 1e9;

    private readonly Lock _lock = new();
    private Action<TimeSpan?>? _changed;
    private TimeSpan? _limit;

    /// <summary>The present limit; null for none.</summary>
    public TimeSpan? Value
    {
        get
        {
            lock (_lock)
                return _limit;
        }
    }

    /// <summary>Sets the limit in seconds; null for none.</summary>
    public void Set(double? seconds)
    {
        lock (_lock)
        {
            var limit = seconds is { } time ? TimeSpan.FromSeconds(Math.Min(time, Most)) : default(TimeSpan?);
            if (limit == _limit)
                return;

            _limit = limit;
            _changed?.Invoke(limit);
        }
    }

    /// <summary>Calls back when the limit has changed since it was read, and at each later change.</summary>
    public void Follow(TimeSpan? known, Action<TimeSpan?> changed)
    {
        lock (_lock)
        {
            _changed = changed;
            if (_limit != known)
                changed(_limit);
        }
    }
}
