using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The requests of the watcher about its jobs in the box.</summary>
/// <param name="client">The connection to the box.</param>
internal sealed class BoxJobs(IBoxClient client) : IDisposable
{
    // The limit of concurrent submits. The others wait here, where they cost less.
    private const int MostSubmits = 64;

    private readonly SemaphoreSlim _turns = new(MostSubmits);

    /// <summary>Reads the jobs with an id; none when the box has none.</summary>
    /// <param name="id">The id.</param>
    /// <param name="isSpread">Whether the parts that the box makes of it for each node count, too.</param>
    /// <param name="stop">Cancels the wait.</param>
    public async Task<IReadOnlyList<Job>> FindAsync(string id, bool isSpread, CancellationToken stop)
    {
        var response = await RequestInTurnAsync(new JsonObject { ["get"] = Selection(id, isSpread) }, stop);
        return response.Find("get") is { ValueKind: JsonValueKind.Object } ? Found(response, id, isSpread) : [];
    }

    /// <summary>Submits a job, unless the box has one with its id.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="isSpread">Whether the parts that the box makes of it for each node count, too.</param>
    /// <param name="stop">Cancels the wait.</param>
    /// <returns>The jobs that the box had, those that it has made, and its answer.</returns>
    /// <exception cref="MeeseeksRequestException">The box rejects the job.</exception>
    public async Task<(IReadOnlyList<Job> Known, IReadOnlyList<Job> Made, Response Response)> SubmitAsync(
        JsonObject spec, bool isSpread, CancellationToken stop)
    {
        var id = spec["id"]!.ToString();
        var request = new JsonObject
        {
            ["get"] = Selection(id, isSpread),
            ["submit"] = spec,
            ["options"] = new JsonObject { ["only_new"] = true },
        };
        var response = await RequestInTurnAsync(request, stop);
        var (known, answered) = (Found(response, id, isSpread), MadeBy(response).ToDictionary(job => job.Id));

        // A box that does not know the option has replaced the tags, which another watcher may still have to read.
        await MarkAsync(known.Where(job => !job.Spec.Tags.SequenceEqual(Answered(job).Spec.Tags)), job => job.Spec.Tags, stop);
        return (known, [.. answered.Values.ExceptBy(known.Select(job => job.Id), job => job.Id)], response);

        Job Answered(Job job) => answered.GetValueOrDefault(job.Id, job);
    }

    /// <summary>Kills a job.</summary>
    public async Task KillAsync(Job job, CancellationToken stop) =>
        _ = await client.RequestAsync(new JsonObject { ["kill"] = job.Id }, stop);

    /// <summary>Kills live jobs, and tags them as stopped.</summary>
    public async Task StopAsync(IEnumerable<Job> jobs, CancellationToken stop)
    {
        foreach (var job in jobs.Where(job => job.IsLive))
            _ = await client.RequestAsync(new JsonObject { ["submit"] = Tagged(job, JobTags.WithStopped(job)), ["kill"] = job.Id }, stop);
    }

    /// <summary>Replaces the tags of jobs.</summary>
    public async Task MarkAsync(IEnumerable<Job> jobs, Func<Job, string[]> tags, CancellationToken stop)
    {
        foreach (var job in jobs)
            _ = await client.RequestAsync(new JsonObject { ["submit"] = Tagged(job, tags(job)) }, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private static JsonObject Selection(string id, bool isSpread) =>
        new() { ["ids"] = isSpread ? new JsonArray(id, id + ".*") : new JsonArray(id) };

    // An id that ends in * selects all that begin so.
    private static List<Job> Found(Response response, string id, bool isSpread) =>
    [
        .. response.Jobs("get").Select(pair => pair.Value).OfType<Job>()
            .Where(job => job.Id == id || (isSpread && job.Id.StartsWith(id + ".", StringComparison.Ordinal))),
    ];

    private static List<Job> MadeBy(Response response)
    {
        var made = response.Find("submit") is { ValueKind: JsonValueKind.Object }
            ? response.Jobs("submit").Select(pair => pair.Value).OfType<Job>().ToList()
            : [];
        return made.Count > 0
            ? made
            : throw new MeeseeksRequestException(response.Error ?? "the job was rejected without an error text", response.Code);
    }

    private static JsonObject Tagged(Job job, string[] tags) =>
        new() { ["id"] = job.Id, ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode?)tag)]) };

    private async Task<Response> RequestInTurnAsync(JsonObject request, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        try
        {
            return await client.RequestAsync(request, stop);
        }
        finally
        {
            _ = _turns.Release();
        }
    }
}
