using MeeseeksBox.Core.Membership;

namespace MeeseeksBox.Core.Tests.Membership;

/// <summary>The choice of a node, at random and in proportion to the free slots (docs/SPECIFICATION.md#node-choice).</summary>
public sealed class NodeSelectorTests
{
    private const int Throws = 10_000;

    private static Dictionary<string, double> Shares(
        bool waitInPool, bool useLoadavg, params (string Node, int? Free, double Loadavg)[] candidates)
    {
        var selector = new NodeSelector(useLoadavg);
        foreach (var (node, free, loadavg) in candidates)
            selector.Set(node, free, loadavg);

        return Shares(selector, waitInPool);
    }

    private static Dictionary<string, double> Shares(NodeSelector selector, bool waitInPool)
    {
        var random = new Random(7);
        return Enumerable.Range(0, Throws)
            .CountBy(_ => selector.Choose(waitInPool, random) ?? "none")
            .ToDictionary(node => node.Key, node => node.Value / (double)Throws);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void After_random_changes_the_choice_is_that_of_a_walk_over_all_nodes(bool waitInPool, bool useLoadavg)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var selector = new NodeSelector(useLoadavg);
            var nodes = new SortedDictionary<string, (int? Free, double Loadavg)>();
            for (var change = 0; change < 100; change++)
            {
                var name = $"n{random.Next(6)}";
                if (random.Next(4) is 0)
                {
                    selector.Remove(name);
                    _ = nodes.Remove(name);
                    continue;
                }

                nodes[name] = (random.Next(seed % 2 is 0 ? 8 : 5) is var free and < 7 ? free - 4 : null, random.Next(3));
                selector.Set(name, nodes[name].Free, nodes[name].Loadavg);
            }

            var expected = Walk(nodes, waitInPool, useLoadavg);

            var shares = Shares(selector, waitInPool);

            shares.Keys.Should().BeEquivalentTo(expected.Keys, $"seed {seed}");
            foreach (var (node, share) in expected)
                shares[node].Should().BeApproximately(share, 0.03, $"seed {seed}");
        }
    }

    private static Dictionary<string, double> Walk(
        SortedDictionary<string, (int? Free, double Loadavg)> nodes, bool waitInPool, bool useLoadavg)
    {
        var able = nodes.Where(node => node.Value.Free is null or > 0).ToList();
        able = able is [] && waitInPool ? [.. nodes] : able;
        var total = able.Sum(node => Math.Max(node.Value.Free ?? 0, 0));
        if (able is [])
            return new() { ["none"] = 1 };
        if (!useLoadavg && total > 0)
            return able.Where(node => node.Value.Free > 0).ToDictionary(node => node.Key, node => node.Value.Free!.Value / (double)total);

        double Measure((int? Free, double Loadavg) node) => useLoadavg ? node.Loadavg : -(node.Free ?? double.PositiveInfinity);
        var best = able.Where(node => Measure(node.Value) == able.Min(other => Measure(other.Value))).ToList();
        return best.ToDictionary(node => node.Key, _ => 1.0 / best.Count);
    }

    [Fact]
    public void Nodes_are_chosen_in_proportion_to_their_free_slots()
    {
        var shares = Shares(false, false, new("a", 1, 0), new("b", 2, 0), new("c", 7, 0), new("d", 0, 0));

        shares.Should().HaveCount(3);
        shares["a"].Should().BeApproximately(0.1, 0.02);
        shares["b"].Should().BeApproximately(0.2, 0.02);
        shares["c"].Should().BeApproximately(0.7, 0.02);
    }

    [Fact]
    public void Nodes_with_free_slots_come_before_nodes_without_limit() =>
        Shares(true, false, new("a", 1, 0), new("b", null, 0)).Keys.Should().Equal("a");

    [Fact]
    public void Nodes_without_limit_come_before_full_nodes() =>
        Shares(true, false, new("a", 0, 0), new("b", null, 0)).Keys.Should().Equal("b");

    [Fact]
    public void Among_nodes_without_limit_all_are_equal()
    {
        var shares = Shares(false, false, new("a", null, 0), new("b", null, 5), new("c", 0, 0));

        shares.Should().HaveCount(2);
        shares["a"].Should().BeApproximately(0.5, 0.02);
    }

    [Fact]
    public void Without_wait_in_pool_a_full_node_is_not_chosen() =>
        Shares(false, false, new("a", 0, 0), new("b", -3, 0)).Keys.Should().Equal("none");

    [Fact]
    public void With_wait_in_pool_the_least_overbooked_is_chosen() =>
        Shares(true, false, new("a", -2, 0), new("b", -1, 9), new("c", -5, 0)).Keys.Should().Equal("b");

    [Fact]
    public void By_load_the_lowest_is_chosen_and_ties_break_at_random()
    {
        var shares = Shares(false, true, new("a", 9, 1), new("b", 1, 0.5), new("c", null, 0.5), new("d", 0, 0));

        shares.Should().HaveCount(2);
        shares["b"].Should().BeApproximately(0.5, 0.02);
    }

    [Fact]
    public void By_load_a_node_with_a_free_slot_comes_before_a_full_one() =>
        Shares(true, true, new("a", 0, 0), new("b", 1, 9)).Keys.Should().Equal("b");

    [Fact]
    public void Without_candidates_no_node_is_chosen() => Shares(true, true).Keys.Should().Equal("none");

    [Fact]
    public void Slots_beyond_the_range_of_a_sum_do_no_harm() =>
        Shares(false, false, new("a", int.MaxValue, 0), new("b", int.MaxValue, 0)).Should().HaveCount(2);
}
