namespace MeeseeksBox.Core.Runs;

/// <summary>The runs on this node, with the slots that they take and their time limits.</summary>
internal sealed class RunTable
{
    private static readonly Comparer<Run> ByLimit = Comparer<Run>.Create(static (left, right) =>
    {
        var order = Nullable.Compare(left.LimitAt, right.LimitAt);
        return order is not 0 ? order : left.Number.CompareTo(right.Number);
    });

    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<Run> _runs = [];
    private readonly SortedSet<Run> _limited = new(ByLimit);
    private long _number;

    public IReadOnlyCollection<Run> All => _runs;

    /// <summary>The earliest time limit, in monotonic seconds; null when there is none.</summary>
    public double? NextLimit => _limited.Min?.LimitAt;

    /// <summary>The number of slots of a pool that are taken.</summary>
    public int Taken(string pool) => _taken.GetValueOrDefault(pool);

    public void Add(Run run)
    {
        _ = _runs.Add(run);
        run.Number = ++_number;
        _taken[run.Job.Spec.Pool] = Taken(run.Job.Spec.Pool) + 1;
    }

    /// <summary>Removes a run; false when it is not in the table.</summary>
    public bool Remove(Run run)
    {
        if (!_runs.Remove(run))
            return false;

        _ = _limited.Remove(run);
        var taken = Taken(run.Job.Spec.Pool) - 1;
        if (taken is 0)
        {
            _ = _taken.Remove(run.Job.Spec.Pool);
        }
        else
        {
            _taken[run.Job.Spec.Pool] = taken;
        }

        return true;
    }

    /// <summary>Sets or replaces the time limit of a run; null for none.</summary>
    public void Limit(Run run, double? time)
    {
        _ = _limited.Remove(run);
        run.LimitAt = time;
        if (time is not null && _runs.Contains(run))
            _ = _limited.Add(run);
    }

    /// <summary>The next run that has reached its time limit, which is cleared; null when there is none.</summary>
    public Run? TakeOverdue(double monotonic)
    {
        if (_limited.Min is not { } run || run.LimitAt > monotonic)
            return null;

        _ = _limited.Remove(run);
        return run;
    }
}
