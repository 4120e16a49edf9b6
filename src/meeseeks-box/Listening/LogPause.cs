namespace MeeseeksBox.Agent.Listening;

/// <summary>Decides whether a line is logged again, which would else come at each attempt of a client.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="silence">The shortest time between two equal lines.</param>
/// <param name="time">The clock.</param>
internal sealed class LogPause<TLine>(TimeSpan silence, TimeProvider time)
    where TLine : notnull
{
    // Bounds the memory: at this number of lines the table is cleared.
    private const int Most = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<TLine, long> _logged = [];

    /// <summary>Whether a line is due, which then counts as logged.</summary>
    public bool IsOver(TLine line)
    {
        lock (_lock)
        {
            if (_logged.TryGetValue(line, out var last) && time.GetElapsedTime(last) < silence)
                return false;

            if (_logged.Count >= Most)
                _logged.Clear();

            _logged[line] = time.GetTimestamp();
            return true;
        }
    }
}
