using System.Text;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchSimulation.Boxes;

/// <summary>A make-believe box, which outlives the watchers. A submit of an id that it has changes the job and starts none.</summary>
internal sealed class SimulatedBox
{
    private readonly Dictionary<string, BoxJob> _jobs = new(StringComparer.Ordinal);
    private readonly List<BoxConnection> _connections = [];
    private int _changes;

    /// <summary>Called for each new job.</summary>
    public required Action<BoxJob> OnSubmitted { get; init; }

    /// <summary>Called when a watcher has recorded or stopped a job.</summary>
    public required Action<BoxJob, int> OnTagged { get; init; }

    /// <summary>Why it takes no jobs; null when it does.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether it knows the option <c>only_new</c>, as a legacy box does not.</summary>
    public bool HasOnlyNew { get; set; } = true;

    /// <summary>The jobs that the box still has.</summary>
    public IEnumerable<BoxJob> Jobs => _jobs.Values;

    /// <summary>All jobs that there have been, also those that the box has dropped.</summary>
    public List<BoxJob> All { get; } = [];

    public void Connect(BoxConnection connection) => _connections.Add(connection);

    public void Disconnect(BoxConnection connection) => _ = _connections.Remove(connection);

    /// <summary>Ends a job.</summary>
    public void End(BoxJob job, string state)
    {
        job.State = state;
        Report(job);
    }

    /// <summary>Drops the jobs that have ended and are recorded, as <c>state.expire</c> does.</summary>
    public void Expire()
    {
        foreach (var job in _jobs.Values.Where(job => !job.IsLive && job.IsRecorded).ToList())
            _ = _jobs.Remove(job.Id);
    }

    /// <summary>All jobs, as a follower receives them.</summary>
    public static IReadOnlyList<Job> Parse(IEnumerable<BoxJob> jobs)
    {
        var all = new JsonObject(jobs.Select(job => KeyValuePair.Create(job.Id, (JsonNode?)job.ToJson())));
        return [.. Read(new JsonObject { ["get"] = all }).Jobs("get").Select(pair => pair.Value!)];
    }

    /// <summary>Answers a request of a watcher.</summary>
    public Response Answer(JsonObject request, int watcher)
    {
        var answer = new JsonObject { ["seq"] = _changes };
        if (request["get"] is { } filter)
        {
            var ids = filter["ids"]!.AsArray().Select(id => $"{id}").ToList();
            var found = _jobs.Values.Where(job => ids.Exists(id => IsSelected(job, id)));
            answer["get"] = new JsonObject(found.Select(job => KeyValuePair.Create(job.Id, (JsonNode?)job.ToJson())));
        }

        if (request["submit"] is JsonObject spec)
        {
            var isOnlyNew = HasOnlyNew && request["options"]?["only_new"]?.GetValue<bool>() is true;
            var job = isOnlyNew && _jobs.GetValueOrDefault(spec["id"]!.ToString()) is { } known ? known : Submit(spec, watcher);
            answer["submit"] = new JsonObject { [job.Id] = job.ToJson() };
            if (Refusal is not null)
                (answer["submit"], answer["error"]) = (false, Refusal);
        }

        if (request["kill"] is { } killed && _jobs.TryGetValue(killed.ToString(), out var victim))
        {
            if (victim.IsLive)
            {
                End(victim, "killed");
                OnTagged(victim, watcher);
            }

            answer["kill"] = new JsonObject { [victim.Id] = victim.ToJson() };
        }

        return Read(answer);
    }

    private static bool IsSelected(BoxJob job, string id) =>
        job.Id == id || (id.EndsWith('*') && job.Id.StartsWith(id[..^1], StringComparison.Ordinal));

    private static Response Read(JsonObject answer) => Response.Read(Encoding.UTF8.GetBytes($"[{answer.ToJsonString()}]"));

    private BoxJob Submit(JsonObject spec, int watcher)
    {
        var id = spec["id"]!.ToString();
        var isNew = !_jobs.TryGetValue(id, out var job);
        if (isNew)
        {
            _jobs[id] = job = new BoxJob
            {
                Id = id,
                File = spec["args"]?[1]?.ToString() ?? "",
                Serial = All.Count,
                Watcher = watcher,
            };
            All.Add(job);
        }

        job!.Tags = [.. spec["tags"]!.AsArray().Select(tag => tag!.ToString())];
        if (isNew)
            OnSubmitted(job);
        else
            OnTagged(job, watcher);
        Report(job);
        return job;
    }

    private void Report(BoxJob job)
    {
        job.Changes = ++_changes;
        _connections.ForEach(connection => connection.Report(job));
    }
}
