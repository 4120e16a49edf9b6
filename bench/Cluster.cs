using System.Diagnostics;

namespace MeeseeksBox.Bench;

/// <summary>A tree of boxes, each a process, started from the nodes up.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly Dictionary<string, Daemon> _boxes = [];

    private Cluster()
    {
    }

    /// <summary>The box at the top, which was started last.</summary>
    public Daemon Top { get; private set; } = null!;

    /// <summary>The processor time of all boxes.</summary>
    public TimeSpan ProcessorTime => _boxes.Values.Aggregate(TimeSpan.Zero, (sum, box) => sum + box.Process.ProcessorTime);

    /// <summary>The number of boxes.</summary>
    public int Count => _boxes.Count;

    /// <summary>Starts a master over a head over a node with one pool <c>p</c>.</summary>
    public static async Task<Cluster> StartChainAsync()
    {
        var cluster = new Cluster();
        await cluster.StartAsync("node", [], "pools.p.slots=4");
        await cluster.StartAsync("head", ["node"]);
        await cluster.StartAsync("master", ["head"]);
        cluster.Top.Until("pools", "node");
        return cluster;
    }

    /// <summary>Starts all eleven boxes of examples/, level by level from the nodes up.</summary>
    /// <param name="words">Further words of configuration for every box.</param>
    public static async Task<Cluster> StartExampleAsync(params string[] words)
    {
        var cluster = new Cluster();
        string[] a = ["nodeA1", "nodeA2", "nodeA3"], b = ["nodeB1", "nodeB2", "nodeB3"];
        await Task.WhenAll(a.Concat(b).Select(name => cluster.StartAsync(name, [], words)));
        await Task.WhenAll(
            cluster.StartAsync("headA1", a, words),
            cluster.StartAsync("headA2", a, words),
            cluster.StartAsync("headB1", b, words),
            cluster.StartAsync("headB2", b, words));
        await cluster.StartAsync("master", ["headA1", "headA2", "headB1", "headB2"], words);
        return cluster;
    }

    /// <summary>The time until the top has the pools of all six nodes, in milliseconds.</summary>
    public double UntilAllPoolsAreKnown()
    {
        var watch = Stopwatch.StartNew();
        Top.Until("pools", "nodeA1", "nodeA2", "nodeA3", "nodeB1", "nodeB2", "nodeB3");
        return watch.Elapsed.TotalMilliseconds;
    }

    public void Dispose()
    {
        foreach (var box in _boxes.Values)
            box.Dispose();
    }

    private async Task StartAsync(string name, string[] below, params string[] words)
    {
        var example = Path.Combine(AppContext.BaseDirectory, "examples", $"{name}.cfg");
        var links = below.Select(node => $$"""nodes.{{node}}={"address":"127.0.0.1","port":{{_boxes[node].Port}}}""");
        var box =
            await Daemon.StartAsync([.. File.Exists(example) ? [example] : Array.Empty<string>(), $"name={name}", .. links, .. words]);
        lock (_boxes)
        {
            _boxes[name] = box;
            Top = box;
        }
    }
}
