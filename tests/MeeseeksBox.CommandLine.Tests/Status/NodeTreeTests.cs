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
    public void A_node_costs_the_same_in_a_tree_of_1_000_and_of_10_000_nodes()
    {
        // A walk that reads the routings of all nodes for each node would read a hundred times as much.
        var (small, large) = (Of(Tree(Heads(10))), Of(Tree(Heads(100))));

        _ = small.Walk();
        _ = large.Walk();

        large.Work.Should().Be(10 * small.Work).And.BePositive();
    }

    [Fact]
    public void The_children_of_a_node_are_found_once_for_all_its_places()
    {
        var tree = Of("a:h,n,l", "b:h,n,l", "h:n,l", "n:l", "l:");
        _ = tree.Walk();
        var work = tree.Work;

        _ = tree.Walk();

        // By a and b: the routings of h and n, three entries each. By h: that of n. A node at two places counts once, and so does a walk.
        (work, tree.Work).Should().Be((7, 7));
    }

    [Fact]
    public void A_tree_of_10_000_nodes_is_whole()
    {
        var heads = Heads(100);

        var rows = heads.SelectMany(head => head.Nodes.Select(node => $"..{node}").Prepend($".{head.Name}"));
        Walk(Tree(heads)).Should().Be(string.Join(' ', rows.Prepend("master")));
    }

    private static List<(string Name, string[] Nodes)> Heads(int count)
    {
        return [.. Enumerable.Range(0, count).Select(head => (Name: $"h{head:d3}", Nodes: Names($"n{head:d3}")))];

        static string[] Names(string head) => [.. Enumerable.Range(0, 100).Select(node => $"{head}{node:d3}")];
    }

    private static string[] Tree(List<(string Name, string[] Nodes)> heads) =>
    [
        "master:" + string.Join(',', heads.Select(head => $"{head.Name},{string.Join(',', head.Nodes)}")),
        .. heads.Select(head => $"{head.Name}:{string.Join(',', head.Nodes)}"),
        .. heads.SelectMany(head => head.Nodes).Select(node => $"{node}:"),
    ];

    private static string Walk(params string[] nodes) =>
        string.Join(' ', Of(nodes).Walk().Select(place => new string('.', place.Level) + place.Name));

    private static NodeTree Of(params string[] nodes)
    {
        var known = nodes.Select(node => node.Split(':')).ToDictionary(
            parts => parts[0],
            parts => new NodeStatus { Routing = [parts[0], .. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries)] });
        return new NodeTree(known);
    }
}
