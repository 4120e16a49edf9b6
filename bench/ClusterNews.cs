using System.Diagnostics;
using MeeseeksBox.EndToEnd.Cluster;

namespace MeeseeksBox.Bench;

/// <summary>The costs of a tree: latency, throughput, cold start and idle load.</summary>
internal static class ClusterNews
{
    // Warm-up: the runtime compiles frequent code first, and a real node runs for weeks.
    private const int LatencyWarm = 1000;
    private const int LatencyCount = 300;
    private const int OldLatencyCount = 20;
    private const int BurstWarm = 5000;
    private const int BurstCount = 1000;
    private const int ColdStarts = 5;
    private static readonly TimeSpan OldRefresh = TimeSpan.FromSeconds(1);

    // Waits until the earlier jobs have expired (60 s after their end).
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan IdleSpan = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync()
    {
        await LatencyAsync();
        await OldLatencyAsync();
        await ColdStartAsync();
        await BurstAsync();
        await IdleAsync();
        return 0;
    }

    private static async Task LatencyAsync()
    {
        using var cluster = await Cluster.StartChainAsync();
        using var master = await cluster.Top.ConnectAsync();
        var figures = Enumerable.Range(-LatencyWarm, LatencyWarm + LatencyCount).Select(i => (i, Time: JobLatency.Job(master)))
            .Where(job => job.i >= 0).Select(job => job.Time).ToList();
        Rounds.Print($"submit at the master to done there, {LatencyCount} jobs one after the other");
        JobLatency.Print("through a head", figures);
    }

    private static async Task OldLatencyAsync()
    {
        using var node = await Daemon.StartAsync("name=node", "pools.p.slots=4");
        await using var old = OldPeer.Start("old");
        old.Link(node.Port, OldRefresh);
        using var daemon = await Daemon.StartAsync("name=master", $$"""nodes.old={"address":"127.0.0.1","port":{{old.Port}},"poll":1}""");
        daemon.Until("pools", "node");
        using var master = await daemon.ConnectAsync();
        var figures = Enumerable.Range(0, OldLatencyCount).Select(_ => JobLatency.Job(master)).ToList();
        JobLatency.Print($"through an old head, refresh {OldRefresh.TotalSeconds} s", figures);
    }

    private static async Task ColdStartAsync()
    {
        var figures = new List<double>();
        for (var i = 0; i < ColdStarts; i++)
        {
            using var cluster = await Cluster.StartExampleAsync();
            figures.Add(cluster.UntilAllPoolsAreKnown());
        }

        Rounds.Print($"the example cluster, from when the last of its boxes listens until the master knows all pools, {ColdStarts} times");
        JobLatency.Print("cold start", figures);
    }

    private static async Task BurstAsync() => await Rounds.CompareAsync(
        $"burst of {BurstCount} jobs at the master of the example cluster, 9 at once in all, and at one node alone",
        "jobs/s",
        rounds: 3,
        ("example cluster", () => WithClusterAsync()),
        ("one node alone, 9 slots", () => WithNodeAsync()));

    private static async Task<Rate> WithClusterAsync()
    {
        using var cluster = await Cluster.StartExampleAsync();
        _ = cluster.UntilAllPoolsAreKnown();
        using var master = await cluster.Top.ConnectAsync();
        await JobBurst.RunAsync(master, BurstWarm, "q1");
        return await Rate.OfAsync(() => cluster.ProcessorTime, BurstCount, () => JobBurst.RunAsync(master, BurstCount, "q1"));
    }

    private static async Task<Rate> WithNodeAsync()
    {
        using var daemon = await Daemon.StartAsync("pools.q1.slots=9");
        using var client = await daemon.ConnectAsync();
        await JobBurst.RunAsync(client, BurstWarm, "q1");
        return await Rate.OfAsync(daemon.Process, BurstCount, () => JobBurst.RunAsync(client, BurstCount, "q1"));
    }

    private static async Task IdleAsync()
    {
        using var cluster = await Cluster.StartExampleAsync();
        _ = cluster.UntilAllPoolsAreKnown();
        using var master = await cluster.Top.ConnectAsync();
        await JobBurst.RunAsync(master, BurstWarm, "q1");
        await Task.Delay(Settle);
        var (before, watch) = (cluster.ProcessorTime, Stopwatch.StartNew());
        await Task.Delay(IdleSpan);
        var used = cluster.ProcessorTime - before;
        Rounds.Print(
            $"the example cluster idle for {IdleSpan.TotalSeconds} s: {used.TotalMilliseconds} ms of processor time "
            + $"in {cluster.Count} boxes, {Rounds.Show(100 * (used / watch.Elapsed) / cluster.Count)} % each");
    }
}
