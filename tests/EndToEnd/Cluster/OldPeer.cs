using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A node of the old implementation, as far as the recordings show it: it answers <c>sync</c>, <c>get</c> by <c>seq</c>, <c>nodes</c>, and passes over
/// every other key; asks the node below it, when it has one, once in <c>refresh</c>; gives back to it all that it has heard of it. It runs nothing: a test
/// says what becomes of a job, with <see cref="Change"/>. <c>OldPeerTests</c> hold it against the recordings.
/// </summary>
/// <remarks>Depends on nothing of ours and nothing of xunit, so that the bench can use it too.</remarks>
public sealed class OldPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _jobs = [];
    private readonly Dictionary<string, JsonObject> _nodes = [];
    private readonly List<string> _heard = [];
    private readonly string _name;
    private readonly Dictionary<string, int> _pools;
    private readonly double _loadavg;
    private readonly List<Task> _loops = [];
    private long _seq;

    private OldPeer(string name, Dictionary<string, int> pools, double loadavg)
    {
        (_name, _pools, _loadavg) = (name, pools, loadavg);
        _listener.Start();
        _loops.Add(AcceptAsync());
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The lines that upstream nodes have sent.</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (_lock)
                return [.. _heard];
        }
    }

    /// <summary>The jobs that it knows.</summary>
    public IReadOnlyDictionary<string, JsonElement> Jobs
    {
        get
        {
            lock (_lock)
                return _jobs.ToDictionary(job => job.Key, job => JsonElement.Parse(job.Value.ToJsonString()));
        }
    }

    /// <summary>The nodes that the node below has told of, as it told of them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Nodes
    {
        get
        {
            lock (_lock)
                return _nodes.ToDictionary(node => node.Key, node => JsonElement.Parse(node.Value.ToJsonString()));
        }
    }

    /// <summary>The keys of the last answer of the node below.</summary>
    public IReadOnlyList<string> LastAnswer { get; private set; } = [];

    /// <summary>Starts one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pools">Its pools and their slots.</param>
    /// <param name="loadavg">How loaded it says it is.</param>
    public static OldPeer Start(string name, Dictionary<string, int>? pools = null, double loadavg = 0) => new(name, pools ?? [], loadavg);

    /// <summary>Connects it with a node below.</summary>
    /// <param name="port">Where that listens.</param>
    /// <param name="refresh">How often it asks.</param>
    public void Link(int port, TimeSpan refresh) => _loops.Add(AskAsync(port, refresh));

    /// <summary>Makes a job or changes one, with a stamp of now. A job that was submitted without an id has none inside, as the recordings show.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="changes">What is set, as JSON.</param>
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

    /// <summary>Puts a job into its table as it stands.</summary>
    public void Recall(JsonElement job)
    {
        lock (_lock)
        {
            var known = JsonNode.Parse(job.GetRawText())!.AsObject();
            _jobs[job.GetProperty("id").GetString()!] = known;
            _seq = Math.Max(_seq, Seq(known));
        }
    }

    /// <summary>Counts changes from 1 again, as a node of the original does that was restarted with its state file.</summary>
    public void CountAnew()
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
            return new JsonArray([.. JsonNode.Parse(line)!.AsArray().Select(request => AnswerOne(request!.AsObject()))]).ToJsonString();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;

        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

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
            answer["sync"] = new JsonArray([.. jobs.Where(job => Take(job.Key, job.Value!.AsObject())).Select(job => JsonValue.Create(job.Key))]);
        if (request["get"] is JsonObject filter)
        {
            var since = filter["seq"]?.GetValue<long>() ?? 0;
            var ids = filter["ids"]?.AsArray().Select(id => id!.GetValue<string>()).ToHashSet();
            var chosen = _jobs.Where(job => ids?.Contains(job.Key) ?? Seq(job.Value) > since);
            answer["get"] = new JsonObject(chosen.Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone())));
        }

        if (request.ContainsKey("nodes"))
        {
            var own = new JsonObject
            {
                ["pools"] = new JsonObject(_pools.Select(pool => KeyValuePair.Create(pool.Key, (JsonNode?)(pool.Value is 0 ? true : pool.Value)))),
                ["online"] = true,
                ["ts"] = Now(),
                ["loadavg"] = _loadavg,
                ["routing"] = new JsonArray([_name, .. _nodes.Keys.Select(name => JsonValue.Create(name))]),
            };
            answer["nodes"] = new JsonObject([KeyValuePair.Create(_name, (JsonNode?)own), .. _nodes.Select(node => KeyValuePair.Create(node.Key, (JsonNode?)node.Value.DeepClone()))]);
        }

        return answer;
    }

    // A job is taken over when it is unknown or newer, and then key by key.
    private bool Take(string id, JsonObject theirs)
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

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception problem) when (problem is OperationCanceledException or InvalidOperationException && _stop.IsCancellationRequested)
        {
            // It is stopped.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            using var reader = new StreamReader(client.GetStream());
            try
            {
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
                    await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(Answer(line) + "\n"), _stop.Token);
            }
            catch (Exception problem) when (problem is IOException or OperationCanceledException)
            {
                // The other side is gone, or it is stopped.
            }
        }
    }

    private async Task AskAsync(int port, TimeSpan refresh)
    {
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            using var reader = new StreamReader(client.GetStream());
            var (told, seen) = (0L, 0L);
            for (var turn = 0; ; turn++)
            {
                string question;
                lock (_lock)
                {
                    var jobs = _jobs.Where(job => Seq(job.Value) > told && _nodes.ContainsKey(job.Value["node"]?.ToString() ?? ""));
                    var request = new JsonObject
                    {
                        ["sync"] = new JsonObject(jobs.Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone()))),
                        ["get"] = new JsonObject { ["seq"] = seen },
                    };
                    if (turn % 2 is 0)
                        request["nodes"] = new JsonObject();
                    told = _nodes.Count is 0 ? 0 : _seq;
                    question = new JsonArray(request).ToJsonString();
                }

                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(question + "\n"), _stop.Token);
                var line = await reader.ReadLineAsync(_stop.Token) ?? throw new EndOfStreamException("The node below has closed the connection.");
                var answer = JsonNode.Parse(line)![0]!.AsObject();
                lock (_lock)
                    seen = TakeIn(answer, seen);
                await Task.Delay(refresh, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // It is stopped.
        }
    }

    private long TakeIn(JsonObject answer, long seen)
    {
        LastAnswer = [.. answer.Select(key => key.Key)];
        foreach (var (name, status) in answer["nodes"] as JsonObject ?? [])
            _nodes[name] = status!.DeepClone().AsObject();
        foreach (var (id, job) in answer["get"]!.AsObject())
        {
            seen = Math.Max(seen, Seq(job!.AsObject()));
            _ = Take(id, job.AsObject());
        }

        return seen;
    }

    private static long Seq(JsonObject job) => long.Parse(job["seq"]!.ToString(), CultureInfo.InvariantCulture);
}
