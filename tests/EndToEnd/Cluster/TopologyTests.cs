using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Valid and invalid links, and their log lines (docs/SPECIFICATION.md#cycles).</summary>
[Collection(nameof(SmallTree))]
public sealed class TopologyTests(SmallTree small, TopologyTests.HeadBox shared) : IClassFixture<TopologyTests.HeadBox>
{
    private RunningBox Head => shared.Box;

    [Fact]
    public async Task A_node_removed_from_a_configuration_disappears_upstream_at_once()
    {
        using var folder = new TemporaryFolder();
        await using var tree = new Tree();
        var (node1, node2) = (small.Node1, small.Node2);
        var config = folder.Write("head.cfg", Config(("node1", node1.Port), ("node2", node2.Port)));
        var head = await tree.StartAsync("head", config);
        var master = await tree.StartAsync("master", "defaults.poll=600", Tree.Link("head", head.Port));
        await master.WaitForPoolAsync("p", "node1", "node2");

        _ = folder.Write("head.cfg", Config(("node2", node2.Port)));
        head.Send(Signal.Hangup);

        await master.WaitForNodeAsync("node1", isKnown: false);
        await master.WaitForPoolAsync("p", "node2");
        _ = folder.Write("head.cfg", Config(("node1", node1.Port), ("node2", node2.Port)));
        head.Send(Signal.Hangup);
        await master.WaitForPoolAsync("p", "node1", "node2");
        head.Log.Count("up: node2").Should().Be(1, "the link with the other one was left alone");

        static string Config(params (string Name, int Port)[] nodes) =>
            JsonSerializer.Serialize(new
            {
                nodes = nodes.ToDictionary(node => node.Name, node => new { address = "127.0.0.1", port = node.Port }),
            });
    }

    [Fact]
    public async Task A_cycle_is_refused_in_a_line_that_names_it_and_causes_no_traffic()
    {
        await using var tree = new Tree();
        var a = await tree.StartAsync("a", Tree.Link("node1", small.Node1.Port));
        var b = await tree.StartAsync("b", Tree.Link("a", a.Port));
        var c = await tree.StartAsync("c", Tree.Link("b", b.Port));
        await c.WaitForPoolAsync("p", "node1");

        _ = await a.AskAsync("config", new { nodes = new { c = new { address = "127.0.0.1", port = c.Port } } });

        await a.WaitForLogAsync("the nodes are connected in a cycle: a → c → b → a; take one of these out of 'nodes'");
        (await c.RunAsync(new { pool = "p", args = Some.True })).Text("state").Should().Be("done");
        var before = await NodeChangesAsync(a, b, c);

        // Changes that circulate would be thousands in this time.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        (await NodeChangesAsync(a, b, c) - before).Should().BeLessThan(100);
        (await c.RunAsync(new { pool = "p", args = Some.True })).Text("state").Should().Be("done");
        a.Log.Count("cycle").Should().Be(1, $"it is logged once:\n{a.Log}");
        a.Log.Lines.Should().Contain(line => line.StartsWith("ERROR") && line.Contains("cycle"));
        c.Log.Lines.Should().ContainSingle(line => line.StartsWith("WARNING") || line.StartsWith("ERROR")).Which.Should().Be(
            "ERROR c.Requests: the node above rejects its link to this one: "
            + "the nodes are connected in a cycle: a → c → b → a; take one of these out of 'nodes'");
        b.Log.Lines.Should().NotContain(line => line.StartsWith("WARNING") || line.StartsWith("ERROR"));
    }

    [Fact]
    public async Task A_box_that_is_linked_with_itself_is_refused()
    {
        await LinkAsync("itself", Head.Port);

        await Head.WaitForLogAsync("the nodes are connected in a cycle: head → head; take one of these out of 'nodes'");
        (await Head.AskAsync("nodes", new { })).Keys().Should().Contain("head").And.NotContain("itself");
        (await Head.RunAsync(new { pool = "local", args = Some.True })).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_link_under_a_wrong_node_name_logs_a_warning_and_works()
    {
        var node = small.Node1;

        await LinkAsync("nickname", node.Port);

        await Head.WaitForLogAsync($"name mismatch: the node at 127.0.0.1:{node.Port} is not nickname; it reports node1");
        (await Head.RunAsync(new { pool = "one", args = Some.True })).Text("node").Should().Be("node1");
        Head.Log.Lines.Should().NotContain(line => line.Contains("nickname") && line.Contains("legacy"));
        Head.Log.Count("nickname:").Should().Be(2, "a line that it is up and one that it is not called so");
    }

    [Fact]
    public async Task A_link_to_a_server_that_is_no_node_logs_it_once()
    {
        using var web = new Stranger();
        await LinkAsync("web", web.Port);

        await Wait.Until(() => web.Asked > 2, () => $"asked {web.Asked} times", TestContext.Current.CancellationToken);

        Head.Log.Lines.Where(line => line.Contains("Link.web")).Should().ContainSingle()
            .Which.Should().StartWith("WARNING").And.Contain("not a meeseeks-box: ");
        (await Head.RunAsync(new { pool = "local", args = Some.True })).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_link_that_fails_after_every_greeting_backs_off()
    {
        await using var node = OldPeer.Start("breaking");
        await using var proxy = Proxy.Before(node.Port);
        await LinkAsync("breaking", proxy.Port);
        for (var round = 1; round <= 5; round++)
        {
            await Head.WaitForLogAsync("up: breaking", times: round);
            proxy.Break();
        }

        var begin = Stopwatch.GetTimestamp();
        await Head.WaitForLogAsync("up: breaking", times: 6);

        // Five delays, each a quarter longer, of which the last is shortened at random by up to a half.
        Stopwatch.GetElapsedTime(begin).Should().BeGreaterThan(TimeSpan.FromMilliseconds(100));
    }

    private async Task LinkAsync(string node, int port) => _ = await Head.AskAsync(
        "config", new { nodes = new Dictionary<string, object> { [node] = new { address = "127.0.0.1", port } } });

    // The number of changes of nodes in the boxes since their start.
    private static async Task<long> NodeChangesAsync(params RunningBox[] boxes)
    {
        var sum = 0L;
        foreach (var box in boxes)
            sum += (await box.AskObjectAsync(new { nodes = new { seq = 0 } })).GetProperty("nodes_seq").GetInt64();
        return sum;
    }

    /// <summary>A head to which tests link nodes.</summary>
    public sealed class HeadBox() : BoxFixture("name=head", "pools.local.slots=0");
}
