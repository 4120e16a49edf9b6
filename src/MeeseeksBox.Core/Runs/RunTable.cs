namespace MeeseeksBox.Core.Runs;

/// <summary>The runs on this node: how many slots of each pool they take, and which is over its time first.</summary>
internal sealed class RunTable
{
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<Run> _runs = [];
    private readonly PriorityQueue<Run, double> _limits = new();

    public IReadOnlyCollection<Run> All => _runs;

    /// <summary>When the earliest run may be over its time, by the steady clock. Its limit may have been changed since.</summary>
    public double? NextLimit => _limits.TryPeek(out _, out var time) ? time : null;

    /// <summary>How many slots of a pool are taken.</summary>
    public int Taken(string pool) => _taken.GetValueOrDefault(pool);

    public void Add(Run run)
    {
        _ = _runs.Add(run);
        _taken[run.Job.Pool] = Taken(run.Job.Pool) + 1;
    }

    /// <summary>Forgets a run; false when it was not there.</summary>
    public bool Remove(Run run)
    {
        if (!_runs.Remove(run))
        {
            return false;
        }

        var taken = Taken(run.Job.Pool) - 1;
        if (taken is 0)
        {
            _ = _taken.Remove(run.Job.Pool);
        }
        else
        {
            _taken[run.Job.Pool] = taken;
        }

        return true;
    }

    public void Limit(Run run, double time) => _limits.Enqueue(run, time);

    /// <summary>The next run whose time may be over, taken off the list; null when there is none.</summary>
    public Run? TakeLimit(double steady)
    {
        while (_limits.TryPeek(out var run, out var time) && time <= steady)
        {
            _ = _limits.Dequeue();
            if (_runs.Contains(run))
            {
                return run;
            }
        }

        return null;
    }
}
