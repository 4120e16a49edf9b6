using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>A cycle is refused with an error that names its path (docs/SPECIFICATION.md#cycles).</summary>
public sealed class CycleTests
{
    private readonly TestNode _node = new(Some.Head("a"));

    private static NodeStatus Status(string[]? links, params string[] routing) => Some.Status(1) with { Links = links, Routing = routing };

    private string? Report(string peer, params (string Name, NodeStatus Status)[] nodes) =>
        _node.Core.MergeNodesOf(_node.Peer(peer), nodes.ToDictionary(node => node.Name, node => node.Status), null, 1, _node.Now);

    [Fact]
    public void A_peer_that_reaches_this_node_is_refused_with_the_shortest_path_of_links()
    {
        var refusal = Report(
            "b",
            ("b", Status(["x", "c"], "a", "b", "c", "x")),
            ("x", Status([], "x")),
            ("c", Status(["a"], "a", "b", "c", "x")),
            ("a", Status(["b"], "a", "b", "c", "x")));

        refusal.Should().Contain("a → b → c → a").And.Contain("'nodes'");
    }

    [Fact]
    public void The_path_through_legacy_nodes_comes_from_their_routing()
    {
        var refusal = Report(
            "b",
            ("c", Status(null, "a", "c")),
            ("b", Status(null, "a", "b", "c")),
            ("leaf", Status(null, "leaf")),
            ("a", Status(null, "a", "b", "c")));

        refusal.Should().Contain("a → b → c → a").And.NotContain("leaf");
    }

    [Fact]
    public void Nothing_that_a_refused_peer_reports_is_accepted()
    {
        _ = Report("b", ("b", Status(["a"], "a", "b")), ("a", Status(["b"], "a", "b")));

        _node.Core.Nodes.All.Should().BeEmpty();
        _node.Core.OwnStatus(_node.Now).Routing.Should().Equal("a");
    }

    [Fact]
    public void A_cycle_that_closes_later_is_refused_too()
    {
        Report("b", ("b", Status([], "b"))).Should().BeNull();

        Report("b", ("b", Status(["a"], "a", "b")), ("a", Status(["b"], "a", "b"))).Should().Contain("a → b → a");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Another_node_with_the_same_name_is_distinguished_from_a_cycle(string peer)
    {
        Report(peer, ("a", Status([], "a"))).Should().Contain("also named 'a'");
    }
}
