namespace MeeseeksBox.CommandLine.Top;

/// <summary>The rows of the node table: each pool of each node, with its counts of jobs. Cached until a change.</summary>
internal sealed class PoolList(TopModel model)
{
    private int _made = -1;
    private IReadOnlyList<PoolRow> _rows = [];

    /// <summary>The rows: nodes by name with their pools by name, then pools with jobs on no known node.</summary>
    public IReadOnlyList<PoolRow> Rows
    {
        get
        {
            if (_made != model.Version)
                (_rows, _made) = ([.. Count()], model.Version);

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
                yield return new PoolRow(name, status, null, 0, 0);

            foreach (var pool in pools)
            {
                var (running, waiting) = counts.GetValueOrDefault((name, pool));
                yield return new PoolRow(name, status, pool, running, waiting);
            }
        }

        var others = counts.Where(count => !model.Nodes.ContainsKey(count.Key.Node)).OrderBy(count => count.Key);
        foreach (var (place, (running, waiting)) in others)
            yield return new PoolRow(place.Node, null, place.Pool, running, waiting);
    }
}
