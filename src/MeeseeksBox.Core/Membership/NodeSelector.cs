namespace MeeseeksBox.Core.Membership;

/// <summary>Chooses the node for a job (docs/SPECIFICATION.md#node-choice).</summary>
public static class NodeSelector
{
    /// <summary>Chooses among nodes that are online, have the pool, and are not draining.</summary>
    /// <param name="candidates">The nodes.</param>
    /// <param name="useLoadavg">True to choose by the lowest load average instead of by free slots.</param>
    /// <param name="waitInPool">True to choose a node without a free slot when no node has one.</param>
    /// <param name="random">The source of randomness.</param>
    /// <returns>The name of the node; null when the job has to wait.</returns>
    public static string? Choose(IReadOnlyList<PlacementCandidate> candidates, bool useLoadavg, bool waitInPool, Random random)
    {
        PlacementCandidate[] able = [.. candidates.Where(candidate => candidate.HasRoom)];
        if (able.Length is 0)
            able = waitInPool ? [.. candidates] : [];

        return able.Length is 0 ? null
            : useLoadavg ? Lowest(able, candidate => candidate.Loadavg, random)
            : ByFreeSlots(able, random);
    }

    private static string ByFreeSlots(PlacementCandidate[] able, Random random)
    {
        var total = able.Sum(candidate => (long)Math.Max(candidate.Free ?? 0, 0));
        if (total is 0)
        {
            var unlimited = able.Where(candidate => candidate.Free is null).ToArray();
            return unlimited.Length > 0
                ? unlimited[random.Next(unlimited.Length)].Node
                : Lowest(able, candidate => -candidate.Free!.Value, random);
        }

        // Each free slot is one lot: a node with twice as many is twice as likely to be chosen.
        var lot = random.NextInt64(total);
        foreach (var candidate in able)
        {
            lot -= Math.Max(candidate.Free ?? 0, 0);
            if (lot < 0)
                return candidate.Node;
        }

        throw new InvalidOperationException("The lots do not add up to their total.");
    }

    private static string Lowest(PlacementCandidate[] able, Func<PlacementCandidate, double> measure, Random random)
    {
        var lowest = able.Min(measure);
        var equals = able.Where(candidate => measure(candidate) == lowest).ToArray();
        return equals[random.Next(equals.Length)].Node;
    }
}
