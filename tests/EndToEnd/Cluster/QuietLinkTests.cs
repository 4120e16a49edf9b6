using System.Diagnostics;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A link of boxes in which nothing else happens, so that only the change itself can end a long poll.</summary>
public sealed class QuietLinkTests
{
    [Fact]
    public async Task Changes_arrive_without_polling_over_a_slow_link()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p=");
        await using var proxy = Proxy.Before(node.Port);
        var head = await tree.StartAsync(
            "head", Tree.Link("node", proxy.Port), "nodes.node.refresh=600", "nodes.node.poll=600", "nodes.node.timeout=600");
        await head.WaitForPoolAsync("p", "node");
        proxy.Delay = TimeSpan.FromMilliseconds(100);
        var begin = Stopwatch.GetTimestamp();

        _ = await head.RunAsync(new { pool = "p", args = Some.True });

        // One delay down and one up. The next poll is in ten minutes, so the change arrived without one.
        Stopwatch.GetElapsedTime(begin).Should().BeGreaterThan(TimeSpan.FromMilliseconds(190));
        head.Log.Has("down: node").Should().BeFalse();
    }
}
