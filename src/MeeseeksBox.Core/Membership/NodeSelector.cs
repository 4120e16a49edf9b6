namespace MeeseeksBox.Core.Membership;

/// <summary>Chooses the node for a job among those that can take jobs of its pool (docs/SPECIFICATION.md#node-choice).</summary>
/// <remarks>The nodes are grouped by what decides between them. So the cost of a choice does not depend on their number.</remarks>
/// <param name="useLoadavg">True to choose by the lowest load average instead of by free slots.</param>
internal sealed class NodeSelector(bool useLoadavg)
{
    private readonly Dictionary<string, Ranked> _candidates = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(Preference Kind, double Value), List<string>> _groups = [];
    private long _lots;

    // The kinds of groups, the best one first.
    private enum Preference
    {
        // Each free slot is one lot: a node with twice as many is twice as likely to be chosen. The value is the number of free slots.
        ByLot,

        // All nodes of the first group are equal. With load averages, the value is that; else the nodes have no limit.
        Equal,

        // No free slot. The value is the load average, or the number of jobs that wait there beyond the slots.
        Full,
    }

    /// <summary>The nodes, with their free slots (null without a limit) and their load averages.</summary>
    public IEnumerable<(string Node, int? Free, double Loadavg)> Candidates =>
        _candidates.Select(pair => (pair.Key, pair.Value.Free, pair.Value.Loadavg));

    /// <summary>True without any node.</summary>
    public bool IsEmpty => _candidates.Count is 0;

    /// <summary>Adds a node, or changes it.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="free">Its free slots; negative when jobs wait there beyond its slots; null without a limit.</param>
    /// <param name="loadavg">Its load average.</param>
    public void Set(string node, int? free, double loadavg)
    {
        Remove(node);
        var rank = RankOf(free, loadavg);
        if (!_groups.TryGetValue(rank, out var group))
        {
            group = [];
            _groups.Add(rank, group);
        }

        _candidates.Add(node, new Ranked(free, loadavg, group.Count));
        group.Add(node);
        _lots += LotsOf(rank);
    }

    /// <summary>Removes a node, if it is there.</summary>
    public void Remove(string node)
    {
        if (!_candidates.Remove(node, out var candidate))
            return;

        var rank = RankOf(candidate.Free, candidate.Loadavg);
        var group = _groups[rank];
        var last = group[^1];
        group[candidate.Position] = last;
        group.RemoveAt(group.Count - 1);
        if (last != node)
            _candidates[last] = _candidates[last] with { Position = candidate.Position };
        if (group.Count is 0)
            _ = _groups.Remove(rank);

        _lots -= LotsOf(rank);
    }

    /// <summary>Chooses a node.</summary>
    /// <param name="waitInPool">True to choose a node without a free slot when no node has one.</param>
    /// <param name="random">The source of randomness.</param>
    /// <returns>The name of the node; null when the job has to wait.</returns>
    public string? Choose(bool waitInPool, Random random)
    {
        if (IsEmpty)
            return null;

        var (best, group) = _groups.First();
        return best.Kind is Preference.Full && !waitInPool ? null
            : best.Kind is Preference.ByLot ? ByLot(random)
            : group[random.Next(group.Count)];
    }

    private static long LotsOf((Preference Kind, double Value) rank) => rank.Kind is Preference.ByLot ? (long)rank.Value : 0;

    private (Preference Kind, double Value) RankOf(int? free, double loadavg) => free is <= 0
        ? (Preference.Full, useLoadavg ? loadavg : -(double)free)
        : useLoadavg ? (Preference.Equal, loadavg)
        : free is { } slots ? (Preference.ByLot, slots)
        : (Preference.Equal, 0);

    private string ByLot(Random random)
    {
        var lot = random.NextInt64(_lots);
        foreach (var (rank, group) in _groups)
        {
            var place = lot / LotsOf(rank);
            if (place < group.Count)
                return group[(int)place];

            lot -= LotsOf(rank) * group.Count;
        }

        throw new InvalidOperationException("The lots do not add up to their total.");
    }

    private readonly record struct Ranked(int? Free, double Loadavg, int Position);
}
