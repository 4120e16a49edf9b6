using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Assigns jobs to nodes with free slots (docs/SPECIFICATION.md#placement).</summary>
/// <remarks>
/// It runs after every change, over the pools that the change affects, and first brings the nodes and free slots up to date that have
/// changed.
/// </remarks>
internal sealed class Placement(NodeCoreState state)
{
    private static readonly Dictionary<string, SlotCount> NoOffers = [];

    private readonly Dictionary<string, NodeSelector> _selectors = new(StringComparer.Ordinal);

    // The pools of each node in the selectors.
    private readonly Dictionary<string, Dictionary<string, SlotCount>> _offers = new(StringComparer.Ordinal);
    private NodeSettings? _settings;
    private double _ownLoadavg;

    /// <summary>The nodes that can take jobs, by pool.</summary>
    public IReadOnlyDictionary<string, NodeSelector> Selectors => _selectors;

    /// <summary>Marks every pool, because nodes or settings have changed.</summary>
    public void InvalidateAll() => state.Jobs.PoolsToAssign.UnionWith(state.Jobs.Queues.Unassigned.Keys);

    /// <summary>Assigns all jobs that can be assigned in the marked pools.</summary>
    public void AssignNodes(Instant now)
    {
        Refresh();

        // An assignment is a change itself, and may mark further pools.
        while (state.Jobs.PoolsToAssign.Count > 0)
        {
            var pool = state.Jobs.PoolsToAssign.First();
            _ = state.Jobs.PoolsToAssign.Remove(pool);
            AssignNodesIn(pool, now);
        }
    }

    private void AssignNodesIn(string pool, Instant now)
    {
        while (state.Jobs.Queue(null, pool)?.Waiting.Min is { } entry && Choose(pool) is { } chosen)
        {
            if ((Accepts(chosen, entry.Job) ? chosen : ChooseAmongAccepting(pool, entry.Job)) is { } node)
                Assign(entry, node, now);
            else
                state.FailUnstarted(entry, TooLong(pool, entry.Job), now);

            _ = state.Jobs.PoolsToAssign.Remove(pool);
            Refresh();
        }
    }

    private void Assign(JobEntry entry, string node, Instant now)
    {
        var here = node == state.Settings.Name;
        var submitNode = entry.Job.Status.SubmitNode ?? state.Settings.Name;
        _ = state.ApplyLocal(entry, entry.Job.Status with { Node = node, SubmitNode = submitNode, Active = here }, now);
    }

    private static string TooLong(string pool, Job job) =>
        $"no online node with a pool '{pool}' accepts a line as long as job '{job.Id}' needs; raise a listen.max_request";

    private bool Accepts(string node, Job job) =>
        node == state.Settings.Name || !JobLine.Exceeds(job, state.Nodes.Find(node)!.Status.MaxRequest);

    // It need not have a free slot: the jobs behind would wait with this one for it.
    private string? ChooseAmongAccepting(string pool, Job job)
    {
        var accepting = new NodeSelector(state.Settings.UseLoadavg);
        foreach (var (node, free, loadavg) in _selectors[pool].Candidates.Where(candidate => Accepts(candidate.Node, job)))
            accepting.Set(node, free, loadavg);

        return accepting.Choose(waitInPool: true, state.Random);
    }

    private string? Choose(string pool) => pool is NodeSettings.ConfigPool ? null
        : _selectors.GetValueOrDefault(pool)?.Choose(state.Settings.WaitInPool, state.Random);

    private void Refresh()
    {
        var here = state.Settings.Name;
        if (_settings?.UseLoadavg != state.Settings.UseLoadavg)
        {
            _selectors.Clear();
            foreach (var node in _offers.Keys.ToArray())
                SetNode(node);
        }

        if (_settings != state.Settings || _ownLoadavg != state.OwnLoadavg)
        {
            (_settings, _ownLoadavg) = (state.Settings, state.OwnLoadavg);
            SetNode(here);
        }

        foreach (var node in state.Nodes.TakeOfferChanges())
            SetNode(node);

        foreach (var (node, pool) in state.Jobs.Queues.TakeChanges())
            SetPool(node, pool);
    }

    private void SetNode(string node)
    {
        var offers = OffersOf(node);
        foreach (var pool in _offers.GetValueOrDefault(node, NoOffers).Keys.Where(pool => !offers.ContainsKey(pool)))
            SetPool(node, pool);

        foreach (var pool in offers.Keys)
            SetPool(node, pool);

        if (offers.Count is 0)
            _ = _offers.Remove(node);
        else
            _offers[node] = offers;
    }

    private void SetPool(string node, string pool)
    {
        _ = _selectors.TryGetValue(pool, out var selector);
        if (OffersOf(node).TryGetValue(pool, out var slots) && !slots.IsDraining)
        {
            if (selector is null)
            {
                selector = new NodeSelector(state.Settings.UseLoadavg);
                _selectors.Add(pool, selector);
            }

            var loadavg = node == state.Settings.Name ? state.OwnLoadavg : state.Nodes.Find(node)!.Status.Loadavg;
            selector.Set(node, slots.Limit - state.Jobs.Occupied(node, pool), loadavg);
            return;
        }

        selector?.Remove(node);
        if (selector is { IsEmpty: true })
            _ = _selectors.Remove(pool);
    }

    private Dictionary<string, SlotCount> OffersOf(string node) => node == state.Settings.Name ? state.Settings.Offers
        : state.Nodes.Find(node) is { Status: { Online: true, Pools: var pools } } ? pools
        : NoOffers;
}
