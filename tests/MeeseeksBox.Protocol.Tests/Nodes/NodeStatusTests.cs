using System.Text.Json;
using CsCheck;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Protocol.Tests.Nodes;

// docs/SPECIFICATION.md#node-status
public sealed class NodeStatusTests
{
    [Fact]
    public void The_status_of_a_legacy_node_has_no_version_and_no_capabilities()
    {
        var status = Read("""
            {"pools":{"p1":2,"p2":true},"online":true,"ts":1795413155.2541647,"loadavg":0.5,"routing":["head1","node1"]}
            """);

        status.Should().BeEquivalentTo(new NodeStatus
        {
            Online = true,
            Ts = 1795413155.2541647,
            Loadavg = 0.5,
            Routing = ["head1", "node1"],
            Pools = new() { ["p1"] = new(2), ["p2"] = SlotCount.Unlimited },
        });
        Written(status).Should().NotContain("ver").And.NotContain("caps");
    }

    [Fact]
    public void Our_status_has_version_and_capabilities()
    {
        var status = Read("""{"ver":"1.0.0","caps":["wait"]}""");

        status.Ver.Should().Be("1.0.0");
        status.Caps.Should().Equal("wait");
        Written(status).Should().Contain("\"ver\":\"1.0.0\",\"caps\":[\"wait\"]");
    }

    [Fact]
    public void Unknown_keys_are_ignored() => Read("""{"ts":5,"gpus":["a"]}""").Ts.Should().Be(5);

    [Fact]
    public void Null_names_of_nodes_are_omitted() => Read("""{"routing":["a",null]}""").Routing.Should().Equal("a");

    [Theory]
    [InlineData("""{"ts":1e999}""", "ts: *")]
    [InlineData("""{"loadavg":-1e999}""", "loadavg: *")]
    [InlineData("""{"ts":"soon"}""", "ts: *")]
    [InlineData("""{"routing":null}""", "routing: *")]
    [InlineData("""{"pools":{"p1":"two"}}""", "pools.p1: *")]
    [InlineData("""{"online":3}""", "online: *")]
    [InlineData("""{"ver":"\ud800"}""", "*not valid Unicode*")]
    [InlineData("null", "null is not the status of a node")]
    [InlineData("[]", "[[]] is not the status of a node")]
    public void A_status_that_cannot_be_sent_is_rejected_with_the_name_of_the_key(string json, string expected)
    {
        NodeStatus.TryRead(Some.Json(json), out _, out var problem).Should().BeFalse();

        problem.Should().Match(expected.Replace("[[]]", "[]", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_status_that_was_read_can_be_written() => Some.AnyJson.Array[5].Sample(parts =>
    {
        var json = $$"""
            {"online":{{parts[0]}},"ts":{{parts[1]}},"loadavg":{{parts[2]}},"routing":{{parts[3]}},
            "pools":{"a":{{parts[4]}}},"caps":[{{parts[0]}}]}
            """;

        foreach (var value in (string[])[json, .. parts])
        {
            if (NodeStatus.TryRead(Some.Json(value), out var status, out var problem))
            {
                Read(Written(status)).Should().BeEquivalentTo(status);
            }
            else
            {
                problem.Should().NotBeNullOrEmpty();
            }
        }
    });

    private static NodeStatus Read(string json)
    {
        NodeStatus.TryRead(Some.Json(json), out var status, out var problem).Should().BeTrue(problem);
        return status!;
    }

    private static string Written(NodeStatus status) => JsonSerializer.Serialize(status, WireContext.Default.NodeStatus);
}
