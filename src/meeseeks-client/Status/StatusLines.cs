namespace MeeseeksBox.CommandLine.Status;

/// <summary>The status of a cluster as lines: each node with its pools, each pool with its jobs.</summary>
internal sealed class StatusLines(ClusterStatus status, StatusView view)
{
    private readonly Dictionary<(string Node, string Pool), List<StatusJob>> _jobs = status.Jobs
        .GroupBy(job => (Node: job.Node ?? "", job.Pool))
        .ToDictionary(group => group.Key, group => group.ToList());

    /// <summary>The lines, in display order.</summary>
    public IEnumerable<StatusLine> All()
    {
        var nodes = view.IsTree
            ? new NodeTree(status.Nodes).Walk()
            : status.Nodes.Keys.Order(StringComparer.Ordinal).Select(name => (Name: name, Level: 0));
        var (shown, poolsWithJobs) = (new HashSet<string>(), _jobs.Keys.ToLookup(place => place.Node, place => place.Pool));
        foreach (var (name, level) in nodes)
        {
            var node = status.Nodes[name];
            if (view.Nodes)
                yield return new StatusLine.OfNode(level, name, node.Online, node.Loadavg);

            // A node that appears twice in the tree lists its jobs once.
            if (shown.Add(name))
            {
                var pools = node.Pools.Keys.Union(poolsWithJobs[name]).Order(StringComparer.Ordinal);
                foreach (var line in pools.SelectMany(pool => Pool(name, pool, level)))
                    yield return line;
            }
        }

        // Jobs without a node, and jobs of nodes that are gone.
        var others = _jobs.Keys.Where(place => !shown.Contains(place.Node));
        foreach (var line in others.Order().SelectMany(place => Pool(place.Node, place.Pool, 0)))
            yield return line;
    }

    private IEnumerable<StatusLine> Pool(string node, string pool, int level)
    {
        var jobs = _jobs.GetValueOrDefault((node, pool), []);
        if (view.Pools)
        {
            var free = status.Free.TryGetValue(pool, out var places) && places.TryGetValue(node, out var slots) ? slots.Limit : null;
            var isDraining = status.Nodes.GetValueOrDefault(node)?.Pools.GetValueOrDefault(pool).IsDraining ?? false;
            yield return new StatusLine.OfPool(level, node, pool, jobs.Count, free, isDraining);
        }

        foreach (var job in view.Jobs ? jobs : [])
            yield return new StatusLine.OfJob(level, node, job);
    }
}
