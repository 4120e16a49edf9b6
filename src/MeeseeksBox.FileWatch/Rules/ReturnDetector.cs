namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Notices files that come back soon after they were moved, unchanged: others move them in a circle.</summary>
/// <remarks>Times are in units of 100 ns of a clock that nobody sets.</remarks>
/// <param name="pause">The longest time from a move to the next one in a circle.</param>
/// <param name="most">How often a file may come back in a row.</param>
public sealed class ReturnDetector(TimeSpan pause, int most)
{
    private readonly Dictionary<(string Name, long Length, long WriteTime), (int Moves, long Last)> _moves = [];
    private readonly Queue<((string Name, long Length, long WriteTime) File, long Time)> _order = [];
    private readonly HashSet<(string Name, long Length, long WriteTime)> _stopped = [];

    /// <summary>Whether a file has come back too often. From then on, it always has.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length, which a move keeps.</param>
    /// <param name="writeTime">The time of its last write, which a move keeps, too.</param>
    /// <param name="now">The time.</param>
    public bool HasReturned(string name, long length, long writeTime, long now)
    {
        var file = (name, length, writeTime);
        if (_moves.TryGetValue(file, out var known) && known.Last + pause.Ticks > now && known.Moves >= most)
            _ = _stopped.Add(file);
        return _stopped.Contains(file);
    }

    /// <summary>Records a move.</summary>
    public void AddMove(string name, long length, long writeTime, long now)
    {
        while (_order.TryPeek(out var oldest) && oldest.Time + pause.Ticks <= now)
        {
            _ = _order.Dequeue();
            if (_moves.TryGetValue(oldest.File, out var last) && last.Last == oldest.Time)
                _ = _moves.Remove(oldest.File);
        }

        var file = (name, length, writeTime);
        _moves[file] = (_moves.GetValueOrDefault(file).Moves + 1, now);
        _order.Enqueue((file, now));
    }
}
