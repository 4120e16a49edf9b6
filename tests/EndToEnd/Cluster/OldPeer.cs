using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A simulated node of the original, as the recordings show it.
/// </summary>
/// <remarks>
/// It answers <c>sync</c>, <c>get</c> by <c>seq</c> and <c>nodes</c>, and ignores every other key. It polls the node below it every
/// <c>refresh</c>, and sends all jobs of that node back to it. It runs no jobs: a test sets their status with <see cref="Change"/>.
/// <c>OldPeerTests</c> compares it with the recordings. It depends on tests/Shared only, so that the bench can use it too.
/// </remarks>
public sealed class OldPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _jobs = [];
    private readonly Dictionary<string, JsonObject> _nodes = [];
    private readonly List<string> _heard = [];
    private readonly string _name;
    private readonly Dictionary<string, int> _pools;
    private readonly double _loadavg;
    private readonly LineServer _server;
    private readonly List<Task> _loops = [];
    private long _seq;

    private OldPeer(string name, Dictionary<string, int> pools, double loadavg)
    {
        (_name, _pools, _loadavg) = (name, pools, loadavg);
        _server = new LineServer(Answer);
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => _server.Port;

    /// <summary>The lines that upstream nodes have sent.</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (_lock)
                return [.. _heard];
        }
    }

    /// <summary>The jobs in its table.</summary>
    public IReadOnlyDictionary<string, JsonElement> Jobs
    {
        get
        {
            lock (_lock)
                return _jobs.ToDictionary(job => job.Key, job => LosslessJson.ElementOf(job.Value));
        }
    }

    /// <summary>The nodes that the node below has reported.</summary>
    public IReadOnlyDictionary<string, JsonElement> Nodes
    {
        get
        {
            lock (_lock)
                return _nodes.ToDictionary(node => node.Key, node => LosslessJson.ElementOf(node.Value));
        }
    }

    /// <summary>The keys of the last reply of the node below.</summary>
    public IReadOnlyList<string> LastAnswer { get; private set; } = [];

    /// <summary>Starts a node.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pools">Its pools and their slots.</param>
    /// <param name="loadavg">The load average that it reports.</param>
    public static OldPeer Start(string name, Dictionary<string, int>? pools = null, double loadavg = 0) => new(name, pools ?? [], loadavg);

    /// <summary>Connects it to a node below.</summary>
    /// <param name="port">The port of that node.</param>
    /// <param name="refresh">The interval of its polls.</param>
    public void Link(int port, TimeSpan refresh) => _loops.Add(AskAsync(port, refresh));

    /// <summary>Adds or changes a job, with the current time as its stamp.</summary>
    /// <remarks>A job that was submitted without an id has no attribute <c>id</c>, as in the recordings.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="changes">The attributes to set, as JSON.</param>
    public void Change(string id, string changes)
    {
        lock (_lock)
        {
            var job = _jobs.TryGetValue(id, out var known) ? known : [];
            Copy(JsonNode.Parse(changes)!.AsObject(), job);
            job["ts"] = Now();
            job["seq"] = ++_seq;
            _jobs[id] = job;
        }
    }

    /// <summary>Adds a job to its table unchanged.</summary>
    public void Recall(JsonElement job)
    {
        lock (_lock)
        {
            var known = JsonNode.Parse(job.GetRawText())!.AsObject();
            _jobs[job.GetProperty("id").GetString()!] = known;
            _seq = Math.Max(_seq, Seq(known));
        }
    }

    /// <summary>Counts changes from 1 again, as the original does after a restart with its state file.</summary>
    public void ResetSeq()
    {
        lock (_lock)
            _seq = 0;
    }

    /// <summary>Answers a line.</summary>
    public string Answer(string line)
    {
        lock (_lock)
        {
            _heard.Add(line);
            return Text(new JsonArray([.. JsonNode.Parse(line)!.AsArray().Select(request => AnswerOne(request!.AsObject()))]));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;

        await _stop.CancelAsync();
        await _server.DisposeAsync();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

    // As Python does, with the bytes that are not UTF-8 as escapes.
    private static string Text(JsonNode node) => LosslessJson.ElementOf(node).GetRawText();

    private static double Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static void Copy(JsonObject from, JsonObject to)
    {
        foreach (var (key, value) in from)
            to[key] = value?.DeepClone();
    }

    private JsonObject AnswerOne(JsonObject request)
    {
        var answer = new JsonObject();
        if (request["sync"] is JsonObject jobs)
        {
            var accepted = jobs.Where(job => Accept(job.Key, job.Value!.AsObject())).Select(job => JsonValue.Create(job.Key));
            answer["sync"] = new JsonArray([.. accepted]);
        }

        if (request["get"] is JsonObject filter)
        {
            var since = filter["seq"]?.GetValue<long>() ?? 0;
            var ids = filter["ids"]?.AsArray().Select(id => id!.GetValue<string>()).ToHashSet();
            var chosen = _jobs.Where(job => ids?.Contains(job.Key) ?? Seq(job.Value) > since);
            answer["get"] = new JsonObject(chosen.Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone())));
        }

        if (request.ContainsKey("nodes"))
        {
            var pools = _pools.Select(pool => KeyValuePair.Create(pool.Key, (JsonNode?)(pool.Value is 0 ? true : pool.Value)));
            var own = new JsonObject
            {
                ["pools"] = new JsonObject(pools),
                ["online"] = true,
                ["ts"] = Now(),
                ["loadavg"] = _loadavg,
                ["routing"] = new JsonArray([_name, .. _nodes.Keys.Select(name => JsonValue.Create(name))]),
            };
            var others = _nodes.Select(node => KeyValuePair.Create(node.Key, (JsonNode?)node.Value.DeepClone()));
            answer["nodes"] = new JsonObject([KeyValuePair.Create(_name, (JsonNode?)own), .. others]);
        }

        return answer;
    }

    // An unknown or newer job is accepted, and merged key by key.
    private bool Accept(string id, JsonObject theirs)
    {
        var isKnown = _jobs.TryGetValue(id, out var ours);
        if (isKnown && ours!["ts"]!.GetValue<double>() >= theirs["ts"]!.GetValue<double>())
            return false;

        ours ??= [];
        Copy(theirs, ours);
        ours["seq"] = ++_seq;
        _jobs[id] = ours;
        return true;
    }

    private async Task AskAsync(int port, TimeSpan refresh)
    {
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            using var reader = new StreamReader(client.GetStream());
            var (sent, seen) = (0L, 0L);
            for (var turn = 0; ; turn++)
            {
                string line;
                lock (_lock)
                {
                    var jobs = _jobs.Where(job => Seq(job.Value) > sent && _nodes.ContainsKey(job.Value["node"]?.ToString() ?? ""));
                    var request = new JsonObject
                    {
                        ["sync"] = new JsonObject(jobs.Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone()))),
                        ["get"] = new JsonObject { ["seq"] = seen },
                    };
                    if (turn % 2 is 0)
                        request["nodes"] = new JsonObject();
                    sent = _nodes.Count is 0 ? 0 : _seq;
                    line = Text(new JsonArray(request));
                }

                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), _stop.Token);
                var reply = await reader.ReadLineAsync(_stop.Token)
                    ?? throw new EndOfStreamException("The node below has closed the connection.");
                var answer = JsonNode.Parse(reply)![0]!.AsObject();
                lock (_lock)
                    seen = Merge(answer, seen);
                await Task.Delay(refresh, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is stopped.
        }
    }

    private long Merge(JsonObject answer, long seen)
    {
        LastAnswer = [.. answer.Select(key => key.Key)];
        foreach (var (name, status) in answer["nodes"] as JsonObject ?? [])
            _nodes[name] = status!.DeepClone().AsObject();
        foreach (var (id, job) in answer["get"]!.AsObject())
        {
            seen = Math.Max(seen, Seq(job!.AsObject()));
            _ = Accept(id, job.AsObject());
        }

        return seen;
    }

    private static long Seq(JsonObject job) => long.Parse(job["seq"]!.ToString(), CultureInfo.InvariantCulture);
}
