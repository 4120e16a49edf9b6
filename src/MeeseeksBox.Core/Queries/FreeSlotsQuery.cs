using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Queries;

/// <summary>The free slots of each pool on each online node (docs/SPECIFICATION.md#free-slots).</summary>
internal static class FreeSlotsQuery
{
    /// <summary>The free slots by pool and node.</summary>
    public static Dictionary<string, Dictionary<string, SlotCount>> Of(NodeCoreState state)
    {
        var here = state.Settings;
        var offers = here.Pools.Select(pool => (Pool: pool.Key, Node: here.Name, Slots: pool.Value.Offer)).Concat(
            from node in state.Nodes.All
            where node.Status.Online
            from pool in node.Status.Pools
            select (Pool: pool.Key, Node: node.Name, Slots: pool.Value));
        var free = new Dictionary<string, Dictionary<string, SlotCount>>();
        foreach (var (pool, node, slots) in offers)
        {
            if (!free.TryGetValue(pool, out var nodes))
            {
                nodes = [];
                free.Add(pool, nodes);
            }

            nodes[node] = slots.Limit is { } limit ? new SlotCount(Math.Max(limit - state.Jobs.Occupied(node, pool), 0)) : slots;
        }

        return free;
    }
}
