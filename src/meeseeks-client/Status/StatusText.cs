using System.Globalization;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>
/// The lines of <c>stat</c> for scripts: columns separated by tabs, byte for byte as the original prints them
/// (docs/SPECIFICATION.md#stat-output).
/// </summary>
internal sealed class StatusText
{
    private readonly ClusterStatus _status;
    private readonly StatusView _view;
    private readonly StatusFilter _filter;
    private readonly string _asked;
    private readonly Dictionary<string, Dictionary<string, List<StatusJob>>> _jobs = [];

    /// <summary>Sorts jobs to nodes and pools.</summary>
    /// <param name="status">The cluster.</param>
    /// <param name="view">What is shown.</param>
    /// <param name="filter">Which nodes and pools are shown.</param>
    public StatusText(ClusterStatus status, StatusView view, StatusFilter filter)
    {
        (_status, _view, _filter) = (status, view, filter);

        // A box shows a job without a node only where it was submitted, and reaches all nodes that it shows.
        _asked = status.Nodes.OrderByDescending(node => node.Value.Online).ThenByDescending(node => node.Value.Routing.Length)
            .ThenBy(node => node.Key, StringComparer.Ordinal).Select(node => node.Key).FirstOrDefault("");
        foreach (var job in status.Jobs.OrderBy(job => JobStates.Word(job.State), StringComparer.Ordinal))
        {
            var node = job.Node ?? (job.SubmitNode is { } first && status.Nodes.ContainsKey(first) ? first : _asked);
            if (filter.TakesJob(job.Node is not null, node))
            {
                AddTo(node, job);
            }
        }
    }

    /// <summary>The load as Python writes it: with one decimal at least.</summary>
    public static string Load(double loadavg) => loadavg.ToString("0.0##", CultureInfo.InvariantCulture);

    /// <summary>The lines, in their order.</summary>
    public IEnumerable<string> Lines()
    {
        var forest = new StatusForest(_status.Nodes, _asked);
        foreach (var (name, level) in _view.IsTree ? forest.Tree() : forest.Flat())
        {
            // Without lines for nodes there is nothing to indent below.
            var indent = _view.Nodes ? new string('\t', level) : "";
            var node = _status.Nodes[name];
            if (_view.Nodes)
            {
                yield return $"{indent}{SingleLine.Of(name)}\t{(node.Online ? "online" : "offline")}\t{Load(node.Loadavg)}";
            }

            foreach (var line in OfNode(name, indent))
            {
                yield return line;
            }
        }

        // The original does not show jobs of nodes that it has never seen.
        var gone = _jobs.Keys.Where(name => !_status.Nodes.ContainsKey(name)).Order(StringComparer.Ordinal);
        foreach (var line in gone.SelectMany(name => OfNode(name, "")))
        {
            yield return line;
        }
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

            // Scripts read the word that the original prints for no tags.
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
