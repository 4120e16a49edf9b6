using System.Globalization;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>
/// The lines of <c>stat</c> for scripts: columns separated by tabs, byte for byte as in the original
/// (docs/SPECIFICATION.md#stat-output).
/// </summary>
internal sealed class StatusText
{
    private readonly ClusterStatus _status;
    private readonly StatusView _view;
    private readonly StatusFilter _filter;
    private readonly string _asked;
    private readonly Dictionary<string, Dictionary<string, List<StatusJob>>> _jobs = [];

    /// <summary>Groups the jobs by node and pool.</summary>
    /// <param name="status">The status of the cluster.</param>
    /// <param name="view">The kinds of lines to show.</param>
    /// <param name="filter">The nodes and pools to show.</param>
    public StatusText(ClusterStatus status, StatusView view, StatusFilter filter)
    {
        (_status, _view, _filter) = (status, view, filter);

        // The node that received the request is online and reaches all nodes of the answer. Only it lists jobs without a node.
        _asked = status.Nodes.OrderByDescending(node => node.Value.Online).ThenByDescending(node => node.Value.Routing.Length)
            .ThenBy(node => node.Key, StringComparer.Ordinal).Select(node => node.Key).FirstOrDefault("");
        foreach (var job in status.Jobs.OrderBy(job => JobStates.Word(job.State), StringComparer.Ordinal))
        {
            var node = job.Node ?? (job.SubmitNode is { } first && status.Nodes.ContainsKey(first) ? first : _asked);
            if (filter.TakesJob(job.Node is not null, node))
                AddTo(node, job);
        }
    }

    /// <summary>The load in the format of Python, with at least one decimal.</summary>
    public static string Load(double loadavg) => loadavg.ToString("0.0##", CultureInfo.InvariantCulture);

    /// <summary>The lines, in the order of the original.</summary>
    public IEnumerable<string> Lines()
    {
        var forest = new StatusForest(_status.Nodes, _asked);
        foreach (var (name, level) in _view.IsTree ? forest.Tree() : forest.Flat())
        {
            // Without lines for nodes, no indentation.
            var indent = _view.Nodes ? new string('\t', level) : "";
            var node = _status.Nodes[name];
            if (_view.Nodes)
                yield return $"{indent}{SingleLine.Of(name)}\t{(node.Online ? "online" : "offline")}\t{Load(node.Loadavg)}";

            foreach (var line in OfNode(name, indent))
                yield return line;
        }

        // Unlike the original, also list jobs of unknown nodes.
        var gone = _jobs.Keys.Where(name => !_status.Nodes.ContainsKey(name)).Order(StringComparer.Ordinal);
        foreach (var line in gone.SelectMany(name => OfNode(name, "")))
            yield return line;
    }

    private IEnumerable<string> OfNode(string node, string indent)
    {
        var jobs = _jobs.GetValueOrDefault(node, []);
        var free = _status.Free
            .Where(pool => _filter.TakesNode(node) && pool.Value.ContainsKey(node) && _filter.TakesPool(pool.Key))
            .Select(pool => pool.Key);
        return jobs.Keys.Union(free).Order(StringComparer.Ordinal)
            .SelectMany(pool => OfPool(node, pool, jobs.GetValueOrDefault(pool, []), indent));
    }

    private IEnumerable<string> OfPool(string node, string pool, List<StatusJob> jobs, string indent)
    {
        var margin = _view.Nodes ? indent + '\t' : "";
        var name = $"{SingleLine.Of(pool)}@{SingleLine.Of(node)}";
        if (_view.Pools && (jobs.Count > 0 || !_view.IsActiveOnly))
        {
            var free = _status.Free.TryGetValue(pool, out var places) && places.TryGetValue(node, out var slots) ? slots.Limit : null;
            yield return $"{margin}pool {name}\t{jobs.Count} jobs{(free is { } count ? $"\t{Math.Max(count, 0)} free" : "")}";
        }

        foreach (var job in _view.Jobs ? jobs : [])
        {
            var before = _view.Pools ? "\t" : $"{name}\t";

            // The original prints [None] for no tags, and scripts depend on it.
            var tags = job.Tags is "[]" ? "[None]" : job.Tags;
            yield return $"{margin}{before}{job.Id}\t{tags}\t{job.Flags}\t{JobStates.Word(job.State)}\t{job.Result}\t{job.Words}";
        }
    }

    private void AddTo(string node, StatusJob job)
    {
        var pools = _jobs.TryGetValue(node, out var known) ? known : _jobs[node] = [];
        var jobs = pools.TryGetValue(job.Pool, out var list) ? list : pools[job.Pool] = [];
        jobs.Add(job);
    }
}
