using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Requests to a legacy box, which has no wildcards for tags and no long poll.</summary>
/// <param name="client">The connection to the box.</param>
internal sealed class LegacyBox(IBoxClient client)
{
    // An id that no job has: a get of it returns the number of change of a box of ours, and no job.
    private const string NoId = "/";

    /// <summary>Whether the box is a legacy box: its answer to <c>seq</c> has no number of change.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was not reached in time.</exception>
    public async Task<bool> IsThereAsync(CancellationToken stop) => IsLegacy(await GetAsync(ByIds([]), stop));

    /// <summary>Finds jobs by exact tags and by ids.</summary>
    /// <param name="tags">The tags.</param>
    /// <param name="ids">Ids to request when no tag has found them. A job may change its node between two requests.</param>
    /// <param name="stop">Cancels the wait.</param>
    /// <returns>The jobs; null when the box is no legacy box any more.</returns>
    public async Task<IReadOnlyCollection<Job>?> FindAsync(IEnumerable<string> tags, IEnumerable<string> ids, CancellationToken stop)
    {
        var jobs = new Dictionary<string, Job>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            // A legacy box returns a job without a node only when the request has the key node.
            Add(jobs, await GetAsync(new JsonObject { ["tag"] = tag, ["node"] = false }, stop));
            Add(jobs, await GetAsync(new JsonObject { ["tag"] = tag }, stop));
        }

        var response = await GetAsync(ByIds(ids.Where(id => !jobs.ContainsKey(id))), stop);
        Add(jobs, response);
        return IsLegacy(response) ? jobs.Values : null;
    }

    /// <summary>The jobs of a submission for several nodes, with the ids that a box of ours gives them.</summary>
    /// <exception cref="MeeseeksRequestException">No node has the pool.</exception>
    public async Task<IReadOnlyList<JsonObject>> SpreadAsync(JsonObject spec, CancellationToken stop)
    {
        var nodes = spec["node"] is JsonArray list
            ? [.. list.Select(node => node?.ToString() ?? "")]
            : await NodesAsync(spec["pool"]!.ToString(), spec["node"]!.ToString()[..^1], stop);
        return [.. nodes.Select(node => ForNode(spec, node))];
    }

    /// <summary>Whether a legacy box runs a job again that it shows as ended.</summary>
    public static bool WillRunAgain(Job job) => job.Status.State switch
    {
        JobState.Done => job.Spec.Restart is true || job.Spec.Resubmit is true,
        JobState.Failed => job.Spec.Resubmit is true || (job.Spec.Retries > 0 && job.Status.FailCount <= job.Spec.Retries),
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

    // A legacy box answers null when a foreign job without tags makes its filter fail.
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

    private Task<Response> GetAsync(JsonObject filter, CancellationToken stop) =>
        client.RequestAsync(new JsonObject { ["get"] = filter }, stop);

    private async Task<List<string>> NodesAsync(string pool, string beginning, CancellationToken stop)
    {
        var pools = await client.RequestAsync(new JsonObject { ["pools"] = new JsonObject() }, stop);
        var nodes = pools["pools"].TryGetProperty(pool, out var slots) && slots.ValueKind is JsonValueKind.Object
            ? slots.EnumerateObject()
                .Select(node => node.Name)
                .Where(node => node.StartsWith(beginning, StringComparison.Ordinal))
                .ToList()
            : [];
        return nodes.Count > 0
            ? nodes
            : throw new MeeseeksRequestException($"node: no node that matches '{beginning}*' has the pool '{pool}'", ErrorCode.Refused);
    }
}
