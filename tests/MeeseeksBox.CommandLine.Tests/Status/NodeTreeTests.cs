using System.Diagnostics;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Tests.Status;

/// <summary>The tree of nodes for a terminal.</summary>
public sealed class NodeTreeTests
{
    [Fact]
    public void A_node_is_below_the_node_through_which_it_is_reached()
    {
        Walk("master:headA,headB,n1,n2,n3", "headA:n1,n2", "headB:n3", "n1:", "n2:", "n3:").Should()
            .Be("master .headA ..n1 ..n2 .headB ..n3");
    }

    [Fact]
    public void A_node_with_two_heads_appears_below_both()
    {
        Walk("master:a,b,n", "a:n", "b:n", "n:").Should().Be("master .a ..n .b ..n");
    }

    [Fact]
    public void A_cycle_ends()
    {
        Walk("a:b", "b:a").Should().Be("a .b b .a");
    }

    [Fact]
    public void An_unknown_node_in_a_routing_is_omitted()
    {
        Walk("a:gone").Should().Be("a");
    }

    [Fact]
    public void A_tree_of_10_000_nodes_is_made_within_a_second()
    {
        var heads = Enumerable.Range(0, 100).Select(head => (Name: $"h{head:d3}", Nodes: Names($"n{head:d3}"))).ToList();
        var begin = Stopwatch.GetTimestamp();

        var shown = Walk([
            "master:" + string.Join(',', heads.Select(head => $"{head.Name},{string.Join(',', head.Nodes)}")),
            .. heads.Select(head => $"{head.Name}:{string.Join(',', head.Nodes)}"),
            .. heads.SelectMany(head => head.Nodes).Select(node => $"{node}:"),
        ]);

        Stopwatch.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(1));
        var rows = heads.SelectMany(head => head.Nodes.Select(node => $"..{node}").Prepend($".{head.Name}"));
        shown.Should().Be(string.Join(' ', rows.Prepend("master")));

        static string[] Names(string head) => [.. Enumerable.Range(0, 100).Select(node => $"{head}{node:d3}")];
    }

    private static string Walk(params string[] nodes)
    {
        var known = nodes.Select(node => node.Split(':')).ToDictionary(
            parts => parts[0],
            parts => new NodeStatus { Routing = [parts[0], .. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries)] });
        return string.Join(' ', new NodeTree(known).Walk().Select(place => new string('.', place.Level) + place.Name));
    }
}
