using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>Boxes of ours in the place of the nodes that were asked: node1, and from line 75 on head1 above it and node2.</summary>
/// <remarks>
/// Some steps are not in the recording, or come out otherwise by a fault of the original. They are taken here before the next line, so that what follows
/// meets the same jobs.
/// </remarks>
public sealed class RecordedCluster : IAsyncDisposable
{
    private const int Kill = 9;

    private readonly Dictionary<string, RunningBox> _boxes = [];
    private int _orphan;

    /// <summary>The box of a name.</summary>
    public RunningBox this[string name] => _boxes[name];

    /// <summary>Starts node1.</summary>
    public static async Task<RecordedCluster> StartAsync()
    {
        // A program that does not exist ends the pool p2 of the original for good, and it has no slots to show: ours has no such pool.
        var cluster = new RecordedCluster();
        cluster._boxes["node1"] = await RunningBox.StartAsync("name=node1", "state.expire=600", "pools.p1.slots=3");
        return cluster;
    }

    /// <summary>Takes the steps that belong before a line.</summary>
    public Task PrepareAsync(int line) => line switch
    {
        // The original drops tag= of sub.
        9 => ModifyAsync("a", new { tags = Array.Empty<string>() }),
        10 => AssignAsync("h"),
        11 => ModifyAsync("d", new { tags = Array.Empty<string>() }),

        // It gives a job that no node can run, or that is on hold, to the asked node. w stays as ours leaves it, to see where stat shows it.
        16 => TakeQueuedAsync(),
        22 => SettleAsync(),
        54 => TagAsync(),
        57 or 58 => WaitForEndAsync("f"),

        // It kills what has ended, and these were killed on the way.
        62 => KillAsync(),

        // It replaces a section whole where a setting is merged into it.
        66 => ConfigureAsync("p2"),
        67 => RemovePool2Async(),
        68 => ConfigureAsync("!p1"),
        69 => WaitForPoolAsync(),
        74 => QueueAsync(),
        75 => AddHeadAsync(),
        87 => LoseNode2Async(),
        _ => Task.CompletedTask,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var box in _boxes.Values)
            await box.DisposeAsync();
        if (_orphan > 0 && Signal.IsAlive(_orphan))
            Signal.Send(_orphan, Kill);
    }

    private Task<JsonElement> Node1(string request, object argument) => _boxes["node1"].AskAsync(request, argument);

    private Task<JsonElement> ModifyAsync(string id, object values) => Node1("modify", new Dictionary<string, object> { [id] = values });

    // A job that has ended is the only one that another node can be chosen for.
    private async Task AssignAsync(string id)
    {
        await Node1("kill", id);
        await _boxes["node1"].SubmitAsync(new { id, node = "node1", state = "new" });
    }

    private async Task TakeQueuedAsync()
    {
        await ModifyAsync("n", new { node = "node1", submit_node = "node1", active = true });
        await ModifyAsync("r", new { node = "node1", submit_node = "node1" });
        await ModifyAsync("k", new { node = "node1", submit_node = "node1" });
    }

    private async Task SettleAsync()
    {
        foreach (var id in (await _boxes["node1"].AskAsync("ls", new { pool = "p1" })).EnumerateArray().Select(id => id.GetString()!).Except(["a", "h"]))
            await WaitForEndAsync(id);
        await _boxes["node1"].WaitForStartAsync("a");
        await _boxes["node1"].WaitForJobAsync("h", job => job.Flag("active"));
    }

    private async Task TagAsync()
    {
        await WaitForEndAsync("h");
        await ModifyAsync("f", new { tags = new[] { "z" } });
        await ModifyAsync("d", new { tags = new[] { "z" }, retries = 2 });
    }

    private Task<JsonElement> WaitForEndAsync(string id) => _boxes["node1"].WaitForEndAsync(id);

    private async Task KillAsync()
    {
        await ModifyAsync("d", new { state = "killed" });
        await Node1("kill", new[] { "a", "r" });
        await WaitForEndAsync("a");
    }

    private Task<JsonElement> ConfigureAsync(string pool) =>
        Node1("config", new Dictionary<string, object> { ["pools"] = new Dictionary<string, object> { [pool] = new { } } });

    private async Task RemovePool2Async()
    {
        await WaitForEndAsync("n");
        await ConfigureAsync("!p2");
    }

    private Task<JsonElement> WaitForPoolAsync() => _boxes["node1"].WaitForAsync(() => _boxes["node1"].AskAsync("pools", new { }), pools => pools.Find("p3") is not null);

    private async Task QueueAsync()
    {
        await ModifyAsync("n", new { state = "new", active = true, fail_count = 0, start_count = 0, error = (string?)null, end_ts = (double?)null });
        await _boxes["node1"].SubmitAsync(new { id = "q1", pool = "p1", args = new[] { "sh", "-c", "sleep 2; echo hi" } });
        await _boxes["node1"].SubmitAsync(new { id = "q2", pool = "p1", args = new[] { "sleep", "3" } });
        await _boxes["node1"].RunAsync(new { id = "342ba242-eb55-11f1-b62d-0242ac110002", pool = "__config", node = "node1", args = new { } });
    }

    private async Task AddHeadAsync()
    {
        foreach (var id in new[] { "w", "q1", "q2" })
            await ModifyAsync(id, new { node = "node1" });
        var node2 = _boxes["node2"] = await RunningBox.StartAsync("name=node2", "state.expire=600", "pools.p1.slots=2");
        var head1 = _boxes["head1"] = await RunningBox.StartAsync(
            "name=head1", "state.expire=600", "state.timeout=2", "defaults.poll=0.2",
            "nodes.node1.address=127.0.0.1", $"nodes.node1.port={_boxes["node1"].Port}", "nodes.node2.address=127.0.0.1", $"nodes.node2.port={node2.Port}");
        await head1.WaitForAsync(() => head1.AskAsync("ls", new { }), ids => ids.GetArrayLength() > 16);
        await head1.WaitForAsync(() => head1.AskAsync("pools", new { }), pools => pools.Find("p1")?.Find("node2") is not null);
        await head1.SubmitAsync(new { id = "c1", pool = "p1", node = "node2", args = new[] { "sleep", "1000" }, tags = new[] { "t" } });
        await head1.WaitForStartAsync("c1");
    }

    // As a host that goes away: its jobs are not reported any more.
    private async Task LoseNode2Async()
    {
        _orphan = (int)(await _boxes["head1"].JobAsync("c1")).Number("pid")!.Value;
        await _boxes["node2"].CrashAsync();
        await _boxes["head1"].WaitForAsync(() => _boxes["head1"].AskAsync("nodes", new { }), nodes => nodes.Find("node2") is { } node && !node.Flag("online"));
    }
}
