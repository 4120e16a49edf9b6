using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Following;
using MeeseeksBox.Client.OldPeers;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <content>Requests about jobs.</content>
public sealed partial class MeeseeksClient
{
    /// <summary>Submits a job.</summary>
    /// <example><code>var submitted = await client.SubmitAsync(new NewJob("p1", "sort", "big.txt") { Retries = 2 });</code></example>
    public Task<SubmittedJobs> SubmitAsync(NewJob job, CancellationToken stop = default) => SubmitAsync(job.ToSpec(), stop);

    /// <summary>Submits a job, or changes the job that has its id.</summary>
    /// <param name="spec">The job in wire form (docs/PROTOCOL.md#submit). It is not modified.</param>
    /// <param name="stop">Ends the wait; the job may still have been submitted.</param>
    /// <example><code>await client.SubmitAsync(new JsonObject { ["id"] = "a", ["hold"] = false });</code></example>
    public async Task<SubmittedJobs> SubmitAsync(JsonObject spec, CancellationToken stop = default)
    {
        var response = await SubmitRawAsync(spec, stop);
        var jobs = response.Find("submit") is null ? [] : response.Jobs("submit").Select(pair => pair.Value).OfType<Job>().ToList();
        return jobs.Count > 0
            ? new SubmittedJobs(jobs, response.Warnings)
            : throw new MeeseeksRequestException(
                response.Error ?? "submit rejected: the node gave no reason", response.Code ?? ErrorCode.Refused);
    }

    /// <summary>Like <see cref="SubmitAsync(JsonObject, CancellationToken)"/>, but returns the answer as it is, also a rejection.</summary>
    /// <param name="spec">The job in wire form. It is not modified.</param>
    /// <param name="stop">Ends the wait; the job may still have been submitted.</param>
    /// <example><code>
    /// var answer = await client.SubmitRawAsync(new JsonObject { ["pool"] = "p1", ["args"] = new JsonArray("true") });
    /// </code></example>
    public async Task<Response> SubmitRawAsync(JsonObject spec, CancellationToken stop = default)
    {
        // Not repeatable: if the answer was lost and the job has ended since, it would run a second time.
        var restarts = spec["state"] is JsonValue state && state.TryGetValue<string>(out var word) && word is "new";
        var isRepeatable = Options.RetrySubmits && !restarts;
        var sent = LegacySpec.Of(spec);
        if (isRepeatable && sent["id"] is null)
        {
            // A legacy node would make a single job of a submit to several nodes with one id.
            isRepeatable = !LegacySpec.HasSeveralNodes(sent) || !await IsLegacyPeerAsync(stop);
            sent["id"] = isRepeatable ? Guid.CreateVersion7(Options.Time.GetUtcNow()).ToString() : null;
        }

        var response = await RequestAsync(new JsonObject { ["submit"] = sent }, isRepeatable, stop);
        if (response.Error is null)
            _ = response.ObjectOf("submit");

        return response;
    }

    /// <summary>The job with an id; null if the id is unknown.</summary>
    /// <example><code>var state = (await client.QueryAsync("a"))?.State;</code></example>
    public async Task<Job?> QueryAsync(string id, CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["job"] = id }, stop: stop)).EnsureSuccess().Job("job", id);

    /// <summary>The selected jobs with all attributes.</summary>
    /// <example><code>var failed = await client.GetAsync(JobSelection.All.Where("state", "failed"));</code></example>
    public Task<IReadOnlyList<Job>> GetAsync(JobSelection selection, CancellationToken stop = default) =>
        GetAsync(selection, attributes: null, stop);

    /// <summary>The selected jobs with some attributes, which saves the transfer of their outputs.</summary>
    /// <param name="selection">The jobs.</param>
    /// <param name="attributes">The names on the wire; null for all. A box of an earlier version sends all.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <example><code>var states = await client.GetAsync(JobSelection.All, ["state", "rc"]);</code></example>
    public async Task<IReadOnlyList<Job>> GetAsync(
        JobSelection selection, IEnumerable<string>? attributes, CancellationToken stop = default)
    {
        if (await QueryLegacyPeerAsync(selection, stop) is { } chosen)
            return [.. chosen.Select(one => one.Job)];

        // Tracked jobs order their copies by stamp.
        var options = new JsonObject { ["stamps"] = true };
        if (attributes is not null)
            options["attributes"] = new JsonArray([.. attributes.Select(name => (JsonNode?)name)]);

        var request = new JsonObject { ["get"] = selection.ToFilter(), ["options"] = options };
        var response = (await RequestAsync(request, stop: stop)).EnsureSuccess();
        return [.. response.Jobs("get").Select(pair => pair.Value).OfType<Job>().Where(job => selection.Includes(job.Id))];
    }

    /// <summary>The selected jobs with all attributes, as the JSON of the box: an object of jobs by id.</summary>
    /// <example><code>Console.WriteLine(await client.GetRawAsync(JobSelection.Ids("a")));</code></example>
    public async Task<JsonElement> GetRawAsync(JobSelection selection, CancellationToken stop = default)
    {
        if (await QueryLegacyPeerAsync(selection, stop) is { } chosen)
            return LegacyJobs.ToJson(chosen.Select(one => KeyValuePair.Create(one.Id, one.Json)));

        var response = (await RequestAsync(new JsonObject { ["get"] = selection.ToFilter() }, stop: stop)).EnsureSuccess();
        return selection.IsBroader
            ? LegacyJobs.ToJson(response.MembersOf("get").Where(job => selection.Includes(job.Key)))
            : response.ObjectOf("get");
    }

    /// <summary>The ids of the selected jobs.</summary>
    /// <example><code>var mine = await client.ListAsync(JobSelection.All.Where("tag", "mine"));</code></example>
    public async Task<IReadOnlyList<string>> ListAsync(JobSelection selection, CancellationToken stop = default)
    {
        if (await QueryLegacyPeerAsync(selection, stop) is { } chosen)
            return [.. chosen.Select(one => one.Id)];

        var response = (await RequestAsync(new JsonObject { ["ls"] = selection.ToFilter() }, stop: stop)).EnsureSuccess();
        return LenientJson.TryStrings(response["ls"], out var ids)
            ? [.. ids.Where(selection.Includes)]
            : throw new MeeseeksRequestException("ls: the answer is not a list of ids");
    }

    /// <summary>Kills a job. Its state changes at once; it is <see cref="JobStatus.Active"/> until its processes are gone.</summary>
    /// <returns>The job; null if the id is unknown.</returns>
    /// <example><code>await client.KillAsync("a");</code></example>
    public async Task<Job?> KillAsync(string id, CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["kill"] = id }, stop: stop)).EnsureSuccess().KilledJob(id);

    /// <summary>Kills the selected jobs. <see cref="JobSelection.All"/> kills nothing: an empty filter selects no jobs here.</summary>
    /// <returns>The jobs by id; null for an unknown id.</returns>
    /// <example><code>await client.KillAsync(JobSelection.All.Where("tag", "night"));</code></example>
    public async Task<IReadOnlyDictionary<string, Job?>> KillAsync(JobSelection selection, CancellationToken stop = default)
    {
        var response = await RequestKillAsync(selection, stop);
        return response is null ? new Dictionary<string, Job?>() : response.Jobs("kill").ToDictionary();
    }

    /// <summary>Like <see cref="KillAsync(JobSelection, CancellationToken)"/>, but returns the JSON of the box.</summary>
    /// <returns>An object of jobs by id; <c>false</c> for an unknown id.</returns>
    /// <example><code>Console.WriteLine(await client.KillRawAsync(JobSelection.Ids("a", "b")));</code></example>
    public async Task<JsonElement> KillRawAsync(JobSelection selection, CancellationToken stop = default) =>
        await RequestKillAsync(selection, stop) is { } response ? response.ObjectOf("kill") : LegacyJobs.ToJson([]);

    /// <summary>Sets attributes of a job without any check, for manual repair.</summary>
    /// <remarks>Normal changes go through <see cref="SubmitAsync(JsonObject, CancellationToken)"/> with the id of the job.</remarks>
    /// <returns>The job; null if the id is unknown.</returns>
    /// <example><code>await client.ModifyAsync("a", new JsonObject { ["state"] = "failed", ["error"] = "lost" });</code></example>
    public async Task<Job?> ModifyAsync(string id, JsonObject values, CancellationToken stop = default)
    {
        var request = new JsonObject { ["modify"] = new JsonObject { [id] = values.DeepClone() } };
        var response = (await RequestAsync(request, stop: stop)).EnsureSuccess();
        return response.Jobs("modify").FirstOrDefault().Value;
    }

    /// <summary>Follows jobs: returns all of the selection, then each change as it happens.</summary>
    /// <remarks>
    /// After a lost connection it reconnects (<see cref="MeeseeksClientOptions.ReconnectFor"/>) and returns all jobs again. A job that
    /// leaves the selection by a change is not reported any more.
    /// </remarks>
    /// <example><code>
    /// await foreach (var update in client.FollowAsync(JobSelection.All.Where("pool", "p1"), stop))
    ///     foreach (var job in update.Jobs)
    ///         Console.WriteLine($"{job.Id} {job.Status.State}");
    /// </code></example>
    public IAsyncEnumerable<JobUpdate> FollowAsync(JobSelection selection, CancellationToken stop = default) =>
        Follow(() => selection).FollowAsync(stop);

    /// <summary>Follows jobs like <see cref="FollowAsync"/>, and nodes; the change of a node is an update without jobs.</summary>
    /// <example><code>
    /// await foreach (var update in client.FollowClusterAsync(JobSelection.All, stop))
    ///     Console.WriteLine($"{update.Nodes!.Values.Count(node => node.Online)} nodes online");
    /// </code></example>
    public IAsyncEnumerable<JobUpdate> FollowClusterAsync(JobSelection selection, CancellationToken stop = default) =>
        FollowClusterAsync(selection, attributes: null, stop);

    /// <summary>Follows jobs and nodes, with some attributes of the jobs, which saves the transfer of their outputs.</summary>
    /// <param name="selection">The jobs.</param>
    /// <param name="attributes">The names on the wire; null for all. A box of an earlier version sends all.</param>
    /// <param name="stop">Ends the iteration.</param>
    /// <example><code>
    /// await foreach (var update in client.FollowClusterAsync(JobSelection.All, ["state", "active"], stop))
    ///     Console.WriteLine(update.Jobs.Count(job => job.IsLive));
    /// </code></example>
    public IAsyncEnumerable<JobUpdate> FollowClusterAsync(
        JobSelection selection, IEnumerable<string>? attributes, CancellationToken stop = default) =>
        new Follower(_connector, Options, () => selection, () => CancellationToken.None, new KnownNodes(), attributes).FollowAsync(stop);

    /// <summary>Waits until a job has ended and will not run again.</summary>
    /// <returns>The ended job; null if the id is unknown, or the job was removed.</returns>
    /// <example><code>var job = await client.WaitAsync("a");</code></example>
    public async Task<Job?> WaitAsync(string id, CancellationToken stop = default) => (await WaitAsync([id], null, stop))[id];

    /// <summary>Waits until all jobs that match a selection now have ended.</summary>
    /// <returns>The ended jobs by id; null for a job that was removed meanwhile.</returns>
    /// <example><code>await client.WaitAsync(JobSelection.All.Where("tag", "night"));</code></example>
    public async Task<IReadOnlyDictionary<string, Job?>> WaitAsync(
        JobSelection selection, IProgress<Job>? progress = null, CancellationToken stop = default) =>
        await WaitAsync(await ListAsync(selection, stop), progress, stop);

    /// <summary>Waits until several jobs have ended.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="progress">Receives each job after each change, on any thread.</param>
    /// <param name="stop">Ends the wait; the jobs continue.</param>
    /// <returns>The ended jobs by id; null for an unknown id or a removed job.</returns>
    public async Task<IReadOnlyDictionary<string, Job?>> WaitAsync(
        IEnumerable<string> ids, IProgress<Job>? progress = null, CancellationToken stop = default)
    {
        var results = new Dictionary<string, Job?>();
        var open = ids.ToHashSet();
        if (open.Count is 0)
            return results;

        await foreach (var update in Follow(() => JobSelection.Ids(open)).FollowAsync(stop))
        {
            foreach (var job in update.Jobs.Where(job => open.Contains(job.Id)))
            {
                progress?.Report(job);
                if (job.HasEnded)
                    results[job.Id] = job;
            }

            var gone = update.IsSnapshot ? open.Except(update.Jobs.Select(job => job.Id)).ToList() : [];
            gone.ForEach(id => results[id] = null);
            open.ExceptWith(results.Keys);
            if (open.Count is 0)
                break;
        }

        return results;
    }

    /// <summary>Tracks a job: its record is updated until it is disposed.</summary>
    /// <returns>The tracked job; null if the id is unknown.</returns>
    /// <example><code>
    /// await using var job = await client.TrackAsync("a");
    /// var end = await job!.Ended;
    /// </code></example>
    public Task<TrackedJob?> TrackAsync(string id, CancellationToken stop = default) => _tracker.TrackAsync(id, stop);

    private async Task<Response?> RequestKillAsync(JobSelection selection, CancellationToken stop)
    {
        var chosen = await QueryLegacyPeerAsync(selection, stop);
        var ids = chosen?.Select(one => one.Id).ToList()
            ?? (selection.IsBroader ? await ListAsync(selection, stop) : selection.ExactIds);
        JsonNode which = ids is null ? selection.ToFilter() : new JsonArray([.. ids.Select(id => (JsonNode?)id)]);

        // An empty list kills nothing, and not every node answers it with an object.
        return ids is { Count: 0 } ? null : (await RequestAsync(new JsonObject { ["kill"] = which }, stop: stop)).EnsureSuccess();
    }

    // Null if the box supports the selection itself.
    private async Task<IReadOnlyList<ReceivedJob>?> QueryLegacyPeerAsync(JobSelection selection, CancellationToken stop) =>
        !LegacySelection.IsSame(selection) && await IsLegacyPeerAsync(stop)
            ? await LegacyJobs.GetAsync(selection, async request => (await RequestAsync(request, stop: stop)).EnsureSuccess())
            : null;

    internal Follower Follow(Func<JobSelection> selection, Func<CancellationToken>? interruption = null) =>
        new(_connector, Options, selection, interruption ?? (() => CancellationToken.None));
}
