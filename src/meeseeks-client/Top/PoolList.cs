namespace MeeseeksBox.CommandLine.Top;

/// <summary>The nodes and their pools with their jobs counted. It is made anew only when something has changed.</summary>
internal sealed class PoolList(TopModel model)
{
    private int _made = -1;
    private IReadOnlyList<PoolRow> _rows = [];

    /// <summary>The rows: nodes by name, on each its pools by name, then jobs on no node that is known.</summary>
    public IReadOnlyList<PoolRow> Rows
    {
        get
        {
            if (_made != model.Version)
            {
                (_rows, _made) = ([.. Count()], model.Version);
            }

            return _rows;
        }
    }

    private IEnumerable<PoolRow> Count()
    {
        var counts = new Dictionary<(string Node, string Pool), (int Running, int Waiting)>();
        foreach (var job in model.Jobs.Values.Where(job => !job.Shown.HasEnded))
        {
            var place = (job.Shown.Node ?? "", job.Shown.Pool);
            var (running, waiting) = counts.GetValueOrDefault(place);
            counts[place] = job.IsRunning ? (running + 1, waiting) : (running, waiting + 1);
        }

        var busy = counts.Keys.ToLookup(place => place.Node, place => place.Pool);
        foreach (var (name, status) in model.Nodes.OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            var pools = status.Pools.Keys.Union(busy[name]).Order(StringComparer.Ordinal).ToList();
            if (pools.Count is 0)
            {
                yield return new PoolRow(name, status, null, 0, 0);
            }

            foreach (var pool in pools)
            {
                var (running, waiting) = counts.GetValueOrDefault((name, pool));
                yield return new PoolRow(name, status, pool, running, waiting);
            }
        }

        foreach (var (place, (running, waiting)) in counts.Where(count => !model.Nodes.ContainsKey(count.Key.Node)).OrderBy(count => count.Key))
        {
            yield return new PoolRow(place.Node, null, place.Pool, running, waiting);
        }
    }
}
