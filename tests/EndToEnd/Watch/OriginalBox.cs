using System.Text.Json.Nodes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A simulated box of the original: exact tags only, and no long poll.</summary>
/// <remarks>It runs no processes: a test defines the states of a job, one for each <c>get</c>.</remarks>
public sealed class OriginalBox : IAsyncDisposable
{
    private static readonly string[] SpecKeys =
    [
        "id", "pool", "args", "node", "stdin", "stdout", "stderr", "restart", "retries", "resubmit", "runtime", "hold", "config", "tags",
        "env",
    ];

    private const string Fresh = """{"node":false,"submit_node":false,"state":"new","start_count":0,"fail_count":0,"submit_ts":1.5}""";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _jobs = [];
    private readonly Dictionary<string, Queue<JsonObject>> _lives = [];
    private readonly List<JsonObject> _submitted = [];
    private readonly List<string> _requests = [];
    private readonly string[] _nodes;
    private readonly Func<JsonObject, IEnumerable<JsonObject>> _lifeOf;
    private readonly LineServer _server;
    private long _seq;

    private OriginalBox(Func<JsonObject, IEnumerable<JsonObject>> lifeOf, int port, string[] nodes)
    {
        (_lifeOf, _nodes) = (lifeOf, nodes);
        _server = new LineServer(AnswerAsync, port);
    }

    /// <summary>The port of the box.</summary>
    public int Port => _server.Port;

    /// <summary>Delays the answers to submits until its completion.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>The specs of the created jobs, in order.</summary>
    public IReadOnlyList<JsonObject> Submitted
    {
        get
        {
            lock (_lock)
                return [.. _submitted];
        }
    }

    /// <summary>All received lines.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Starts a box.</summary>
    /// <param name="lifeOf">The attributes to set at each <c>get</c>, by the spec of the job; null: the job runs and is done.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <param name="nodes">The nodes that have the pool <c>p1</c>.</param>
    public static OriginalBox Start(Func<JsonObject, IEnumerable<JsonObject>>? lifeOf = null, int port = 0, params string[] nodes) =>
        new(lifeOf ?? (_ => Life(Assigned, Running, Ended("done"))), port, nodes.Length > 0 ? nodes : ["node1"]);

    /// <summary>The states of a job, from JSON.</summary>
    public static IEnumerable<JsonObject> Life(params string[] states) => states.Select(state => JsonNode.Parse(state)!.AsObject());

    /// <summary>The attributes of a job with a node.</summary>
    public const string Assigned = """{"node":"node1","submit_node":"node1","active":true}""";

    /// <summary>The attributes of a running job.</summary>
    public const string Running = """{"state":"running","active":true,"start_count":1,"start_ts":1.5,"pid":7}""";

    /// <summary>The attributes of an ended job.</summary>
    public static string Ended(string state, int failures = 0, int rc = 0) =>
        $$"""{"state":"{{state}}","active":false,"pid":null,"rc":{{rc}},"fail_count":{{failures}},"end_ts":2.5,"stdout_data":"YQ=="}""";

    /// <summary>Adds a job with all its attributes.</summary>
    public void Add(string id, JsonObject job)
    {
        lock (_lock)
            _jobs[id] = (JsonObject)job.DeepClone();
    }

    /// <summary>Removes jobs.</summary>
    public void Forget(Func<JsonObject, bool> which)
    {
        lock (_lock)
            _jobs.Where(job => which(job.Value)).Select(job => job.Key).ToList().ForEach(id => _jobs.Remove(id));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private JsonObject AnswerOne(JsonObject request)
    {
        // The original handles the keys in this order.
        var answer = new JsonObject();
        if (request["get"] is JsonObject filter)
        {
            Advance();
            answer["get"] = Shown(_jobs.Where(job => Matches(job.Key, job.Value, filter)));
        }

        if (request["submit"] is JsonObject spec)
            answer["submit"] = Shown(Submit(spec));
        if (request["kill"] is JsonValue id)
        {
            if (_jobs.TryGetValue(id.ToString(), out var killed))
                Set(killed, JsonNode.Parse("""{"state":"killed","active":false,"rc":-9}""")!.AsObject());
            _ = _lives.Remove(id.ToString());
            answer["kill"] = Shown(_jobs.Where(job => job.Key == id.ToString()));
        }

        if (request.ContainsKey("pools"))
            answer["pools"] = new JsonObject { ["p1"] = new JsonObject(_nodes.Select(node => KeyValuePair.Create(node, (JsonNode?)2))) };
        return answer;
    }

    private static JsonObject Shown(IEnumerable<KeyValuePair<string, JsonObject>> jobs) =>
        new(jobs.ToList().Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone())));

    private static bool Matches(string id, JsonObject job, JsonObject filter)
    {
        if (filter["ids"] is JsonArray { Count: > 0 } ids)
            return ids.Any(wanted => wanted!.ToString() == id);
        return (filter["tag"] is not { } tag || job["tags"]!.AsArray().Any(own => own?.ToString() == tag.ToString()))
            && (filter["node"] is { } node ? JsonNode.DeepEquals(job["node"], node) : job["node"] is JsonValue own
                && own.TryGetValue<string>(out _));
    }

    private List<KeyValuePair<string, JsonObject>> Submit(JsonObject sent)
    {
        var spec = new JsonObject(sent.Where(key => SpecKeys.Contains(key.Key)).Select(key =>
            KeyValuePair.Create(key.Key, key.Value?.DeepClone())));
        var id = spec["id"]?.ToString() ?? Guid.NewGuid().ToString();
        if (_jobs.TryGetValue(id, out var known))
        {
            foreach (var fixedKey in new[] { "id", "node", "pool" })
                _ = spec.Remove(fixedKey);
            Set(known, spec);
        }
        else
        {
            _submitted.Add((JsonObject)spec.DeepClone());
            var job = JsonNode.Parse(Fresh)!.AsObject();
            Set(job, spec);
            if (job["tags"] is not JsonArray)
                job["tags"] = new JsonArray(job["tags"]?.DeepClone());
            _jobs[id] = job;
            _lives[id] = new Queue<JsonObject>(_lifeOf(spec));
        }

        return [KeyValuePair.Create(id, _jobs[id])];
    }

    private void Advance()
    {
        foreach (var (id, life) in _lives)
        {
            if (_jobs.TryGetValue(id, out var job) && life.TryDequeue(out var state))
                Set(job, state);
        }
    }

    private void Set(JsonObject job, JsonObject values)
    {
        foreach (var (key, value) in values)
            job[key] = value?.DeepClone();
        job["seq"] = ++_seq;
        job["ts"] = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
    }

    private async Task<string> AnswerAsync(string line, CancellationToken stop)
    {
        var answer = Answer(line);
        if (line.Contains("\"submit\"", StringComparison.Ordinal))
            await Hold.WaitAsync(stop);
        return answer;
    }

    private string Answer(string line)
    {
        lock (_lock)
        {
            _requests.Add(line);
            return new JsonArray([.. JsonNode.Parse(line)!.AsArray().Select(request => AnswerOne(request!.AsObject()))]).ToJsonString();
        }
    }
}
