using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests.OldPeers;

/// <summary>A simulation of a legacy node, for clients.</summary>
/// <remarks>
/// <para>
/// It supports <c>job</c>, <c>get</c>, <c>ls</c>, <c>kill</c>, <c>submit</c>, <c>modify</c>, <c>nodes</c>, <c>pools</c> and <c>config</c>,
/// ignores every other key, and compares the values of a filter exactly. It runs no jobs: <see cref="Submitted"/> sets their results.
/// </para>
/// <para>It depends on tests/Shared only, so that other test projects can compile it too.</para>
/// </remarks>
public sealed class OldBox : IAsyncDisposable
{
    private static readonly string[] SpecKeys =
        [
            "id", "pool", "args", "state", "node", "stdin", "stdout", "stderr", "restart", "retries", "resubmit", "runtime", "hold",
            "config", "tags",
        ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _jobs = [];
    private readonly LineServer _server;
    private long _seq;
    private int _named;

    private OldBox() => _server = new LineServer(AnswerLine);

    /// <summary>The port that it listens on.</summary>
    public int Port => _server.Port;

    /// <summary>The received request objects.</summary>
    public ConcurrentQueue<JsonObject> Requests { get; } = [];

    /// <summary>Its configuration.</summary>
    public JsonObject Config { get; } = new() { ["name"] = "old" };

    /// <summary>The attributes to set in a job after its submit, as JSON; null: none.</summary>
    public Func<JsonObject, string?> Submitted { get; set; } = _ => null;

    /// <summary>Starts the node.</summary>
    public static OldBox Start() => new();

    /// <summary>Adds the jobs of a state file of the original, which have no inner id.</summary>
    public void Load(string state)
    {
        foreach (var (id, job) in JsonNode.Parse(state)!.AsObject())
            Change(id, job!.ToJsonString());
    }

    /// <summary>Adds or changes a job.</summary>
    public void Change(string id, string values)
    {
        lock (_lock)
        {
            var job = _jobs.TryGetValue(id, out var known) ? known : _jobs[id] = [];
            foreach (var (key, value) in JsonNode.Parse(values)!.AsObject())
                job[key] = value?.DeepClone();
            job["seq"] = ++_seq;
            job["ts"] = Now();
        }
    }

    /// <summary>An attribute of a job, as JSON.</summary>
    public string? Read(string id, string key)
    {
        lock (_lock)
            return _jobs[id][key]?.ToJsonString();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static double Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private JsonObject Answer(JsonObject request)
    {
        var answer = new JsonObject();
        if (request["get"] is JsonObject filter)
            answer["get"] = Get(filter) is { } found ? Copies(found) : null;
        if (request["submit"] is JsonObject spec)
            answer["submit"] = Submit(spec);
        if (request["job"] is JsonValue id)
            answer["job"] = _jobs.GetValueOrDefault(id.GetValue<string>())?.DeepClone();
        if (request["modify"] is JsonObject changes)
        {
            answer["modify"] = new JsonObject(
                changes.Select(change => KeyValuePair.Create(change.Key, Set(change.Key, change.Value!.AsObject()))));
        }

        if (request.TryGetPropertyValue("kill", out var which))
            answer["kill"] = Kill(which!);
        if (request["ls"] is JsonObject listed)
            answer["ls"] = Texts(Get(listed) ?? []);
        if (request.ContainsKey("nodes"))
            answer["nodes"] = new JsonObject { ["old"] = Status() };
        if (request.ContainsKey("pools"))
            answer["pools"] = new JsonObject { ["p"] = new JsonObject { ["old"] = 3 } };
        if (request.ContainsKey("config"))
            answer["config"] = Config.DeepClone();
        return answer;
    }

    private static JsonObject Status() => new()
    {
        ["pools"] = new JsonObject { ["p"] = 3 },
        ["online"] = true,
        ["ts"] = Now(),
        ["loadavg"] = 0.5,
        ["routing"] = Texts(["old"]),
    };

    private JsonObject Copies(IEnumerable<string> ids) => new(ids.Select(id => KeyValuePair.Create(id, (JsonNode?)_jobs[id].DeepClone())));

    private JsonObject Kill(JsonNode which)
    {
        IEnumerable<string> ids = which switch
        {
            JsonArray list => list.Select(id => id!.GetValue<string>()),
            JsonObject { Count: > 0 } filter => Get(filter) ?? [],
            JsonObject => [],
            _ => [which.GetValue<string>()],
        };
        var killed = ids.Select(id => KeyValuePair.Create(id, Set(id, new JsonObject { ["state"] = "killed", ["active"] = false })));
        return new JsonObject(killed.ToList());
    }

    private JsonNode? Set(string id, JsonObject values)
    {
        if (!_jobs.TryGetValue(id, out var job))
            return false;
        foreach (var (key, value) in values)
            job[key] = value?.DeepClone();
        job["seq"] = ++_seq;
        job["ts"] = Now();
        return job.DeepClone();
    }

    // All nodes of a list share the given id.
    private JsonObject Submit(JsonObject asked)
    {
        var answer = new JsonObject();
        JsonNode?[] nodes = asked["node"] switch
        {
            JsonArray list => [.. list],
            JsonValue name when name.GetValue<string>().EndsWith('*') => ["old"],
            var node => [node],
        };
        foreach (var node in nodes)
        {
            var known = asked.Where(pair => pair.Value is not null && SpecKeys.Contains(pair.Key));
            var spec = new JsonObject(known.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
            var id = spec["id"]?.GetValue<string>() ?? string.Create(CultureInfo.InvariantCulture, $"made-{++_named}");
            if (_jobs.ContainsKey(id))
            {
                _ = spec.Remove("id");
                answer[id] = Set(id, spec);
                continue;
            }

            if (spec["tags"] is not JsonArray)
                spec["tags"] = new JsonArray(spec["tags"]?.DeepClone());
            var target = node?.DeepClone() ?? false;
            _jobs[id] = new JsonObject
            {
                ["submit_ts"] = Now(),
                ["submit_node"] = target.DeepClone(),
                ["state"] = "new",
                ["start_count"] = 0,
                ["fail_count"] = 0,
                ["seq"] = ++_seq,
                ["ts"] = Now(),
            };
            spec["node"] = target;
            foreach (var (key, value) in spec)
                _jobs[id][key] = value?.DeepClone();
            answer[id] = _jobs[id].DeepClone();
            if (Submitted(_jobs[id]) is { } values)
                _ = Set(id, JsonNode.Parse(values)!.AsObject());
        }

        return answer;
    }

    // Null on failure: the original cannot match a tag if any job has no list of tags.
    private List<string>? Get(JsonObject filter)
    {
        var ids = filter["ids"] is JsonArray list ? list.Select(id => id!.GetValue<string>()).ToList() : [];
        var tag = filter["tag"]?.ToJsonString();
        var seq = filter["seq"]?.GetValue<long>() ?? 0;
        if (ids.Count is 0 && tag is not null && _jobs.Values.Any(job => job["tags"] is null))
            return null;

        return [.. _jobs.Where(job => (ids.Count > 0
                ? ids.Contains(job.Key)
                : Seq(job.Value) > seq && (tag is null || HasTag(job.Value, tag))
                    && (filter.ContainsKey("node") || job.Value["node"]?.ToJsonString() is not "false"))
            && filter.Where(condition => condition.Key is not ("ids" or "tag" or "seq" or "ts"))
                .All(condition => Holds(job.Value[condition.Key], condition.Value)))
            .Select(job => job.Key)];
    }

    private static bool HasTag(JsonObject job, string tag) => job["tags"]!.AsArray().Any(one => one?.ToJsonString() == tag);

    private static long Seq(JsonObject job) => job["seq"]!.GetValue<long>();

    private static bool Holds(JsonNode? value, JsonNode? wanted) =>
        wanted is JsonValue text && text.TryGetValue<string>(out var word) && word.EndsWith('*')
            ? value is JsonValue own && own.TryGetValue<string>(out var name) && name.StartsWith(word[..^1], StringComparison.Ordinal)
            : JsonNode.DeepEquals(value, wanted);

    private string AnswerLine(string line)
    {
        lock (_lock)
        {
            var requests = JsonNode.Parse(line)!.AsArray().Select(request => request!.AsObject()).ToList();
            requests.ForEach(Requests.Enqueue);
            return new JsonArray([.. requests.Select(Answer)]).ToJsonString();
        }
    }
}
