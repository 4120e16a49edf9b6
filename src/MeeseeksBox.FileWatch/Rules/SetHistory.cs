namespace MeeseeksBox.FileWatch.Rules;

/// <summary>What is known about the filesets of a folder from earlier plans.</summary>
/// <remarks>The owner of the folder updates it. The rules only read it.</remarks>
/// <param name="changeTimeOf">
/// The time at which a file came into the folder or was changed, in units of 100 ns since 1970, for the first plan; null when that is not
/// known.
/// </param>
public sealed class SetHistory(Func<string, long?>? changeTimeOf = null)
{
    private readonly HashSet<string> _arrived = new(StringComparer.Ordinal);
    private Dictionary<string, long> _since = [];
    private bool _isStart = true;

    /// <summary>The files that came after the first plan, and are in no plan yet.</summary>
    public IReadOnlySet<string> Arrived => _arrived;

    /// <summary>When the first file of an incomplete set was seen.</summary>
    /// <remarks>
    /// The clock of the watcher counts. After a start, it is the time of the files, unless that lies ahead: it is of another clock then.
    /// </remarks>
    /// <param name="key">The set.</param>
    /// <param name="files">Its files.</param>
    /// <param name="now">The time.</param>
    public long SinceOf(string key, IEnumerable<string> files, long now)
    {
        if (_since.TryGetValue(key, out var known))
            return Math.Min(known, now);
        return _isStart && changeTimeOf is not null ? files.Min(file => Math.Min(changeTimeOf(file) ?? now, now)) : now;
    }

    /// <summary>Records a file that has come.</summary>
    public void AddArrival(string file) => _ = _arrived.Add(file);

    /// <summary>Forgets a file that is gone.</summary>
    public void Remove(string file) => _ = _arrived.Remove(file);

    /// <summary>Keeps what the next plan needs of a plan.</summary>
    public void Keep(Plan plan)
    {
        _since = plan.WaitingSince;
        _arrived.ExceptWith(plan.Arrived);
        _isStart = false;
    }
}
