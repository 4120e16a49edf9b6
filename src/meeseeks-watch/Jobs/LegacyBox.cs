using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Requests to a box of the original, which has no wildcards for tags and no long poll.</summary>
/// <param name="client">The way to the box.</param>
internal sealed class LegacyBox(PatientClient client)
{
    // No job has this id: asked for it, a box of ours answers its number of change and no job.
    private const string NoId = "/";

    /// <summary>Whether the box is one of the original: it answers <c>seq</c> without its number of change.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was never there.</exception>
    public async Task<bool> IsThereAsync(CancellationToken stop) => IsLegacy(await GetAsync(ByIds([]), stop));

    /// <summary>Finds jobs by exact tags and by ids.</summary>
    /// <param name="tags">The tags.</param>
    /// <param name="ids">Ids that are asked for where no tag has found them: a job may change its node between two requests.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The jobs; null when the box is none of the original any more.</returns>
    public async Task<IReadOnlyCollection<Job>?> FindAsync(IEnumerable<string> tags, IEnumerable<string> ids, CancellationToken stop)
    {
        var jobs = new Dictionary<string, Job>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            // An original shows a job without a node only to a request that names the node.
            Add(jobs, await GetAsync(new JsonObject { ["tag"] = tag, ["node"] = false }, stop));
            Add(jobs, await GetAsync(new JsonObject { ["tag"] = tag }, stop));
        }

        var response = await GetAsync(ByIds(ids.Where(id => !jobs.ContainsKey(id))), stop);
        Add(jobs, response);
        return IsLegacy(response) ? jobs.Values : null;
    }

    /// <summary>The jobs of an order for several nodes, each with an id of its own, as a box of ours makes them.</summary>
    /// <exception cref="MeeseeksRequestException">No node has the pool.</exception>
    public async Task<IReadOnlyList<JsonObject>> SpreadAsync(JsonObject spec, CancellationToken stop)
    {
        var nodes = spec["node"] is JsonArray list
            ? [.. list.Select(node => node?.ToString() ?? "")]
            : await NodesAsync(spec["pool"]!.ToString(), spec["node"]!.ToString()[..^1], stop);
        return [.. nodes.Select(node => ForNode(spec, node))];
    }

    /// <summary>Whether an original is about to run a job again, although it shows the job as ended for a moment.</summary>
    public static bool WillRunAgain(Job job) => job.State switch
    {
        JobState.Done => job.Restart is true || job.Resubmit is true,
        JobState.Failed => job.Resubmit is true || (job.Retries > 0 && job.FailCount <= job.Retries),
        _ => false,
    };

    private static JsonObject ByIds(IEnumerable<string> ids)
    {
        var list = new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
        if (list.Count == 0)
            list.Add((JsonNode)NoId);
        return new JsonObject { ["ids"] = list, ["seq"] = 0 };
    }

    private static bool IsLegacy(Response response) => response is { Seq: null, Error: null };

    // An original that cannot answer, because a job of somebody else has no tags, answers null.
    private static void Add(Dictionary<string, Job> jobs, Response response)
    {
        if (response.Find("get") is not { ValueKind: JsonValueKind.Object })
            return;
        foreach (var job in response.Jobs("get").Select(pair => pair.Value).OfType<Job>())
            jobs[job.Id] = job;
    }

    private static JsonObject ForNode(JsonObject spec, string node)
    {
        var own = (JsonObject)spec.DeepClone();
        own["id"] = $"{spec["id"]}.{node}";
        own["node"] = node;
        return own;
    }

    private Task<Response> GetAsync(JsonObject filter, CancellationToken stop) => client.RequestAsync(new JsonObject { ["get"] = filter }, stop);

    private async Task<List<string>> NodesAsync(string pool, string beginning, CancellationToken stop)
    {
        var pools = await client.RequestAsync(new JsonObject { ["pools"] = new JsonObject() }, stop);
        var nodes = pools["pools"].TryGetProperty(pool, out var slots) && slots.ValueKind is JsonValueKind.Object
            ? slots.EnumerateObject().Select(node => node.Name).Where(node => node.StartsWith(beginning, StringComparison.Ordinal)).ToList()
            : [];
        return nodes.Count > 0
            ? nodes
            : throw new MeeseeksRequestException($"node: no node that matches '{beginning}*' has the pool '{pool}'", ErrorCode.Refused);
    }
}
