namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Notices files that jobs make of other files of the watch, one after the other: <c>b</c>, <c>b.x</c>, <c>b.x.x</c>.</summary>
/// <remarks>
/// A file continues a chain when its name is that of another one with more text at its end or beginning, and comes while the job of that
/// one runs, or within a pause after it.
/// </remarks>
/// <param name="pause">The pause.</param>
public sealed class ChainDetector(TimeSpan pause)
{
    private readonly Dictionary<string, int> _links = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, long End)> _ended = [];

    /// <summary>Records the start of a job.</summary>
    /// <param name="name">The file.</param>
    /// <param name="now">The time, in units of 100 ns of a clock that nobody sets.</param>
    /// <returns>The number of files before it in its chain.</returns>
    public int AddStart(string name, long now)
    {
        while (_ended.TryPeek(out var oldest) && oldest.End + pause.Ticks <= now)
            _ = _links.Remove(_ended.Dequeue().Name);
        var links = _links.GetAlternateLookup<ReadOnlySpan<char>>();
        var before = -1;
        for (var length = 1; length < name.Length; length++)
        {
            if (links.TryGetValue(name.AsSpan(0, length), out var place) || links.TryGetValue(name.AsSpan(length), out place))
                before = Math.Max(before, place);
        }

        return _links[name] = before + 1;
    }

    /// <summary>Records the end of a job.</summary>
    public void AddEnd(string name, long now)
    {
        if (_links.ContainsKey(name))
            _ended.Enqueue((name, now));
    }
}
