using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Tests.Status;

/// <summary>Who stands under whom.</summary>
public sealed class NodeTreeTests
{
    [Fact]
    public void Nodes_stand_under_those_that_they_are_reached_through()
    {
        Walk("master:headA,headB,n1,n2,n3", "headA:n1,n2", "headB:n3", "n1:", "n2:", "n3:").Should().Be("master .headA ..n1 ..n2 .headB ..n3");
    }

    [Fact]
    public void A_node_behind_two_heads_stands_under_both()
    {
        Walk("master:a,b,n", "a:n", "b:n", "n:").Should().Be("master .a ..n .b ..n");
    }

    [Fact]
    public void A_circle_has_an_end()
    {
        Walk("a:b", "b:a").Should().Be("a .b b .a");
    }

    [Fact]
    public void Nodes_that_are_only_heard_of_in_a_routing_are_left_out()
    {
        Walk("a:gone").Should().Be("a");
    }

    private static string Walk(params string[] nodes)
    {
        var known = nodes.Select(node => node.Split(':')).ToDictionary(
            parts => parts[0], parts => new NodeStatus { Routing = [parts[0], .. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries)] });
        return string.Join(' ', new NodeTree(known).Walk().Select(place => new string('.', place.Level) + place.Name));
    }
}
