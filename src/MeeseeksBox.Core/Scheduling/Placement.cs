using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Assigns jobs to nodes with free slots (docs/SPECIFICATION.md#placement).</summary>
/// <remarks>It runs after every change, over the pools that the change affects.</remarks>
internal sealed class Placement(NodeCoreState state)
{
    private readonly List<PlacementCandidate> _candidates = [];

    /// <summary>Marks every pool, because nodes or settings have changed.</summary>
    public void InvalidateAll()
    {
        foreach (var key in state.Jobs.Queues.Keys)
            _ = key.Node is null && state.Jobs.PoolsToAssign.Add(key.Pool);
    }

    /// <summary>Assigns all jobs that can be assigned in the marked pools.</summary>
    public void AssignNodes(Instant now)
    {
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
        while (state.Jobs.Queue(null, pool)?.Waiting.Min is { } entry && Choose(pool) is { } node)
        {
            var here = node == state.Settings.Name;
            var submitNode = entry.Job.Status.SubmitNode ?? state.Settings.Name;
            _ = state.ApplyLocal(entry, entry.Job.Status with { Node = node, SubmitNode = submitNode, Active = here }, now);
            _ = state.Jobs.PoolsToAssign.Remove(pool);
        }
    }

    private string? Choose(string pool)
    {
        if (pool is NodeSettings.ConfigPool)
            return null;

        _candidates.Clear();
        if (state.Settings.Pools.TryGetValue(pool, out var own) && !own.Offer.IsDraining)
            _candidates.Add(new(state.Settings.Name, Free(state.Settings.Name, pool, own.Offer.Limit), state.OwnLoadavg));

        foreach (var node in state.Nodes.WithPool(pool))
        {
            var offer = node.Status.Pools[pool];
            if (!offer.IsDraining)
                _candidates.Add(new(node.Name, Free(node.Name, pool, offer.Limit), node.Status.Loadavg));
        }

        return NodeSelector.Choose(_candidates, state.Settings.UseLoadavg, state.Settings.WaitInPool, state.Random);
    }

    private int? Free(string node, string pool, int? slots) => slots - state.Jobs.Occupied(node, pool);
}
