using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>Boxes in place of the recorded nodes: node1, and from line 75 on also node2 and head1 above both.</summary>
/// <remarks>
/// Some steps are not in the recording, or differ because of a defect of the original. This class takes them before the next line,
/// so that the following calls see the same jobs.
/// </remarks>
public sealed class RecordedCluster : IAsyncDisposable
{
    private const int Kill = 9;

    private readonly Dictionary<string, RunningBox> _boxes = [];
    private int _orphan;

    /// <summary>The box with a name.</summary>
    public RunningBox this[string name] => _boxes[name];

    /// <summary>Starts node1.</summary>
    public static async Task<RecordedCluster> StartAsync()
    {
        // In the original, a missing program has stopped the pool p2, which then shows no slots. Here the pool is omitted.
        var cluster = new RecordedCluster();
        cluster._boxes["node1"] = await RunningBox.StartAsync("name=node1", "state.expire=600", "pools.p1.slots=3");
        return cluster;
    }

    /// <summary>Takes the steps before a line.</summary>
    public Task PrepareAsync(int line) => line switch
    {
        // The original ignores tag= of sub.
        9 => ModifyAsync("a", new { tags = Array.Empty<string>() }),
        10 => AssignAsync("h"),
        11 => ModifyAsync("d", new { tags = Array.Empty<string>() }),

        // The original assigns a job without a possible node, or on hold, to the node that received it. Job w stays unassigned, to
        // test where stat shows it.
        16 => AssignQueuedAsync(),
        22 => WaitForJobsAsync(),
        54 => TagAsync(),
        57 or 58 => WaitForEndAsync("f"),

        // The original kills ended jobs too; these were killed by the calls before.
        62 => KillAsync(),

        // The original replaces a whole section; meeseeks-box merges the setting into it.
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

    // Only an ended job can be moved to another node.
    private async Task AssignAsync(string id)
    {
        await Node1("kill", id);
        await _boxes["node1"].SubmitAsync(new { id, node = "node1", state = "new" });
    }

    private async Task AssignQueuedAsync()
    {
        await ModifyAsync("n", new { node = "node1", submit_node = "node1", active = true });
        await ModifyAsync("r", new { node = "node1", submit_node = "node1" });
        await ModifyAsync("k", new { node = "node1", submit_node = "node1" });
    }

    private async Task WaitForJobsAsync()
    {
        var ids = (await _boxes["node1"].AskAsync("ls", new { pool = "p1" })).EnumerateArray().Select(id => id.GetString()!);
        foreach (var id in ids.Except(["a", "h"]))
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

    private Task<JsonElement> WaitForPoolAsync() => _boxes["node1"].WaitForAsync(
        () => _boxes["node1"].AskAsync("pools", new { }), pools => pools.Find("p3") is not null);

    private async Task QueueAsync()
    {
        await ModifyAsync(
            "n", new { state = "new", active = true, fail_count = 0, start_count = 0, error = (string?)null, end_ts = (double?)null });
        await _boxes["node1"].SubmitAsync(new { id = "q1", pool = "p1", args = new[] { "sh", "-c", "sleep 2; echo hi" } });
        await _boxes["node1"].SubmitAsync(new { id = "q2", pool = "p1", args = new[] { "sleep", "3" } });
        await _boxes["node1"].RunAsync(
            new { id = "342ba242-eb55-11f1-b62d-0242ac110002", pool = "__config", node = "node1", args = new { } });
    }

    private async Task AddHeadAsync()
    {
        foreach (var id in new[] { "w", "q1", "q2" })
            await ModifyAsync(id, new { node = "node1" });
        var node2 = _boxes["node2"] = await RunningBox.StartAsync("name=node2", "state.expire=600", "pools.p1.slots=2");
        var head1 = _boxes["head1"] = await RunningBox.StartAsync(
            "name=head1", "state.expire=600", "state.timeout=2", "defaults.poll=0.2",
            "nodes.node1.address=127.0.0.1", $"nodes.node1.port={_boxes["node1"].Port}",
            "nodes.node2.address=127.0.0.1", $"nodes.node2.port={node2.Port}");
        await head1.WaitForAsync(() => head1.AskAsync("ls", new { }), ids => ids.GetArrayLength() > 16);
        await head1.WaitForAsync(() => head1.AskAsync("pools", new { }), pools => pools.Find("p1")?.Find("node2") is not null);
        await head1.SubmitAsync(new { id = "c1", pool = "p1", node = "node2", args = new[] { "sleep", "1000" }, tags = new[] { "t" } });
        await head1.WaitForStartAsync("c1");
    }

    // Simulates the loss of a host, whose jobs are no longer reported.
    private async Task LoseNode2Async()
    {
        _orphan = (int)(await _boxes["head1"].JobAsync("c1")).Number("pid")!.Value;
        await _boxes["node2"].CrashAsync();
        await _boxes["head1"].WaitForAsync(
            () => _boxes["head1"].AskAsync("nodes", new { }), nodes => nodes.Find("node2") is { } node && !node.Flag("online"));
    }
}
