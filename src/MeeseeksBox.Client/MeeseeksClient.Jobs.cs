using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Following;
using MeeseeksBox.Client.OldPeers;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <content>What is asked of jobs.</content>
public sealed partial class MeeseeksClient
{
    /// <summary>Submits a job.</summary>
    /// <example><code>var submitted = await client.SubmitAsync(new NewJob("p1", "sort", "big.txt") { Retries = 2 });</code></example>
    public Task<SubmittedJobs> SubmitAsync(NewJob job, CancellationToken stop = default) => SubmitAsync(job.ToSpec(), stop);

    /// <summary>Submits a job, or changes the one that has the id.</summary>
    /// <param name="spec">The job as the wire has it (docs/PROTOCOL.md#submit). It is left as it is.</param>
    /// <param name="stop">Ends the wait; the job may have been submitted all the same.</param>
    /// <example><code>await client.SubmitAsync(new JsonObject { ["id"] = "a", ["hold"] = false });</code></example>
    public async Task<SubmittedJobs> SubmitAsync(JsonObject spec, CancellationToken stop = default)
    {
        var response = await SubmitRawAsync(spec, stop);
        var jobs = response.Find("submit") is null ? [] : response.Jobs("submit").Select(pair => pair.Value).OfType<Job>().ToList();
        return jobs.Count > 0
            ? new SubmittedJobs(jobs, response.Warnings)
            : throw new MeeseeksRequestException(response.Error ?? "the job was refused, and the node does not say why", response.Code ?? ErrorCode.Refused);
    }

    /// <summary>Like <see cref="SubmitAsync(JsonObject, CancellationToken)"/>, but answers as the box does: a refusal too.</summary>
    /// <param name="spec">The job as the wire has it. It is left as it is.</param>
    /// <param name="stop">Ends the wait; the job may have been submitted all the same.</param>
    /// <example><code>var answer = await client.SubmitRawAsync(new JsonObject { ["pool"] = "p1", ["args"] = new JsonArray("true") });</code></example>
    public async Task<Response> SubmitRawAsync(JsonObject spec, CancellationToken stop = default)
    {
        // A job that ended after the first submit, of which we never heard, would run a second time.
        var restarts = spec["state"] is JsonValue state && state.TryGetValue<string>(out var word) && word is "new";
        var isRepeatable = Options.RetrySubmits && !restarts;
        var sent = LegacySpec.Of(spec);
        if (isRepeatable && sent["id"] is null)
        {
            // An old peer makes one job of all nodes that share an id.
            isRepeatable = !LegacySpec.HasSeveralNodes(sent) || !await IsLegacyPeerAsync(stop);
            sent["id"] = isRepeatable ? Guid.CreateVersion7(Options.Time.GetUtcNow()).ToString() : null;
        }

        return await RequestAsync(new JsonObject { ["submit"] = sent }, isRepeatable, stop);
    }

    /// <summary>The job with an id; null when there is none.</summary>
    /// <example><code>var state = (await client.QueryAsync("a"))?.State;</code></example>
    public async Task<Job?> QueryAsync(string id, CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["job"] = id }, stop: stop)).EnsureSuccess().Job("job", id);

    /// <summary>Jobs, whole.</summary>
    /// <example><code>var failed = await client.GetAsync(JobSelection.All.Where("state", "failed"));</code></example>
    public async Task<IReadOnlyList<Job>> GetAsync(JobSelection selection, CancellationToken stop = default)
    {
        if (await QueryLegacyPeerAsync(selection, stop) is { } chosen)
        {
            return [.. chosen.Select(one => one.Job)];
        }

        var response = (await RequestAsync(new JsonObject { ["get"] = selection.ToFilter() }, stop: stop)).EnsureSuccess();
        return [.. response.Jobs("get").Select(pair => pair.Value).OfType<Job>()];
    }

    /// <summary>Like <see cref="GetAsync"/>, but the jobs are JSON as the box sent them: an object of jobs by their ids.</summary>
    /// <example><code>Console.WriteLine(await client.GetRawAsync(JobSelection.Ids("a")));</code></example>
    public async Task<JsonElement> GetRawAsync(JobSelection selection, CancellationToken stop = default) =>
        await QueryLegacyPeerAsync(selection, stop) is { } chosen
            ? LegacyJobs.ToJson(chosen)
            : (await RequestAsync(new JsonObject { ["get"] = selection.ToFilter() }, stop: stop)).EnsureSuccess()["get"];

    /// <summary>The ids of jobs.</summary>
    /// <example><code>var mine = await client.ListAsync(JobSelection.All.Where("tag", "mine"));</code></example>
    public async Task<IReadOnlyList<string>> ListAsync(JobSelection selection, CancellationToken stop = default)
    {
        if (await QueryLegacyPeerAsync(selection, stop) is { } chosen)
        {
            return [.. chosen.Select(one => one.Id)];
        }

        var response = (await RequestAsync(new JsonObject { ["ls"] = selection.ToFilter() }, stop: stop)).EnsureSuccess();
        return LenientJson.TryStrings(response["ls"], out var ids) ? ids : throw new MeeseeksRequestException("ls: the answer is no list of ids");
    }

    /// <summary>Kills a job. It is killed at once, and <see cref="Job.Active"/> until its processes are gone.</summary>
    /// <returns>The job; null when there is none with that id.</returns>
    /// <example><code>await client.KillAsync("a");</code></example>
    public async Task<Job?> KillAsync(string id, CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["kill"] = id }, stop: stop)).EnsureSuccess().KilledJob(id);

    /// <summary>Kills all jobs of a selection. One that selects all kills nothing: the box takes no empty filter.</summary>
    /// <returns>The jobs by their ids; null for an id that is not known.</returns>
    /// <example><code>await client.KillAsync(JobSelection.All.Where("tag", "night"));</code></example>
    public async Task<IReadOnlyDictionary<string, Job?>> KillAsync(JobSelection selection, CancellationToken stop = default)
    {
        var response = await RequestKillAsync(selection, stop);
        return response is null ? new Dictionary<string, Job?>() : response.Jobs("kill").ToDictionary();
    }

    /// <summary>Like <see cref="KillAsync(JobSelection, CancellationToken)"/>, but the jobs are JSON as the box sent them.</summary>
    /// <returns>An object of jobs by their ids; <c>false</c> for an id that is not known.</returns>
    /// <example><code>Console.WriteLine(await client.KillRawAsync(JobSelection.Ids("a", "b")));</code></example>
    public async Task<JsonElement> KillRawAsync(JobSelection selection, CancellationToken stop = default) =>
        await RequestKillAsync(selection, stop) is { } response ? response["kill"] : LegacyJobs.ToJson([]);

    /// <summary>Sets attributes of a job without any check, for repair by hand. To change a job in good order, submit its id with what is to change.</summary>
    /// <param name="id">The job.</param>
    /// <param name="values">Attributes and their values.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The job; null when there is none with that id.</returns>
    /// <example><code>await client.ModifyAsync("a", new JsonObject { ["state"] = "failed", ["error"] = "lost" });</code></example>
    public async Task<Job?> ModifyAsync(string id, JsonObject values, CancellationToken stop = default)
    {
        var response = (await RequestAsync(new JsonObject { ["modify"] = new JsonObject { [id] = values.DeepClone() } }, stop: stop)).EnsureSuccess();
        return response.Jobs("modify").FirstOrDefault().Value;
    }

    /// <summary>
    /// Follows jobs: first all of the selection, then those that change, as they change. It survives a box that is away for a while
    /// (<see cref="MeeseeksClientOptions.ReconnectFor"/>), and tells all once more then. A job that leaves the selection by a change is not
    /// told of any more.
    /// </summary>
    /// <example><code>
    /// await foreach (var news in client.FollowAsync(JobSelection.All.Where("pool", "p1"), stop))
    ///     foreach (var job in news.Jobs)
    ///         Console.WriteLine($"{job.Id} {job.State}");
    /// </code></example>
    public IAsyncEnumerable<JobUpdate> FollowAsync(JobSelection selection, CancellationToken stop = default) =>
        Follow(() => selection).FollowAsync(stop);

    /// <summary>Follows jobs like <see cref="FollowAsync"/>, and nodes with them: there is news too when a node changes, then perhaps without any job.</summary>
    /// <example><code>
    /// await foreach (var news in client.FollowClusterAsync(JobSelection.All, stop))
    ///     Console.WriteLine($"{news.Nodes!.Values.Count(node => node.Online)} nodes online");
    /// </code></example>
    public IAsyncEnumerable<JobUpdate> FollowClusterAsync(JobSelection selection, CancellationToken stop = default) =>
        new Follower(_connector, Options, () => selection, () => CancellationToken.None, new KnownNodes()).FollowAsync(stop);

    /// <summary>Waits until a job has ended: until nothing more will come of it.</summary>
    /// <returns>The job as it ended; null when there is none with that id, or none any more.</returns>
    /// <example><code>var job = await client.WaitAsync("a");</code></example>
    public async Task<Job?> WaitAsync(string id, CancellationToken stop = default) => (await WaitAsync([id], null, stop))[id];

    /// <summary>Waits until all jobs have ended that are in a selection now.</summary>
    /// <returns>The jobs as they ended, by their ids; null for one that went away meanwhile.</returns>
    /// <example><code>await client.WaitAsync(JobSelection.All.Where("tag", "night"));</code></example>
    public async Task<IReadOnlyDictionary<string, Job?>> WaitAsync(JobSelection selection, IProgress<Job>? progress = null, CancellationToken stop = default) =>
        await WaitAsync(await ListAsync(selection, stop), progress, stop);

    /// <summary>Waits until several jobs have ended.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="progress">Is told of each job whenever it changes, in no particular thread.</param>
    /// <param name="stop">Ends the wait; the jobs go on.</param>
    /// <returns>The jobs as they ended, by their ids; null for an id that is not known, or not any more.</returns>
    public async Task<IReadOnlyDictionary<string, Job?>> WaitAsync(IEnumerable<string> ids, IProgress<Job>? progress = null, CancellationToken stop = default)
    {
        var results = new Dictionary<string, Job?>();
        var open = ids.ToHashSet();
        if (open.Count is 0)
        {
            return results;
        }

        await foreach (var update in Follow(() => JobSelection.Ids(open)).FollowAsync(stop))
        {
            foreach (var job in update.Jobs.Where(job => open.Contains(job.Id)))
            {
                progress?.Report(job);
                if (job.HasEnded)
                {
                    results[job.Id] = job;
                }
            }

            var gone = update.IsSnapshot ? open.Except(update.Jobs.Select(job => job.Id)).ToList() : [];
            gone.ForEach(id => results[id] = null);
            open.ExceptWith(results.Keys);
            if (open.Count is 0)
            {
                break;
            }
        }

        return results;
    }

    /// <summary>A job that stays in step with what the box knows, until it is disposed of.</summary>
    /// <returns>Null when there is no job with that id.</returns>
    /// <example><code>
    /// await using var job = await client.TrackAsync("a");
    /// var end = await job!.Ended;
    /// </code></example>
    public Task<TrackedJob?> TrackAsync(string id, CancellationToken stop = default) => _tracker.TrackAsync(id, stop);

    private async Task<Response?> RequestKillAsync(JobSelection selection, CancellationToken stop)
    {
        var chosen = await QueryLegacyPeerAsync(selection, stop);
        var ids = chosen?.Select(one => one.Id).ToList() ?? selection.ExactIds;
        JsonNode which = ids is null ? selection.ToFilter() : new JsonArray([.. ids.Select(id => (JsonNode?)id)]);

        // An empty list kills nothing, and not every box answers it with an object.
        return ids is { Count: 0 } ? null : (await RequestAsync(new JsonObject { ["kill"] = which }, stop: stop)).EnsureSuccess();
    }

    // Null where the box understands the selection itself.
    private async Task<IReadOnlyList<ReceivedJob>?> QueryLegacyPeerAsync(JobSelection selection, CancellationToken stop) =>
        !LegacySelection.IsSame(selection) && await IsLegacyPeerAsync(stop)
            ? await LegacyJobs.GetAsync(selection, async request => (await RequestAsync(request, stop: stop)).EnsureSuccess())
            : null;

    internal Follower Follow(Func<JobSelection> selection, Func<CancellationToken>? interruption = null) =>
        new(_connector, Options, selection, interruption ?? (() => CancellationToken.None));
}
