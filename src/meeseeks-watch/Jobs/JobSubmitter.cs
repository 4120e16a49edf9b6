using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Submits work to the box and follows its jobs until they end.</summary>
/// <remarks>
/// A submit that finds a job of an earlier instance resumes it. Therefore each work item runs once, whenever the watcher ends.
/// </remarks>
/// <param name="client">The connection to the box.</param>
/// <param name="watcher">The name of this watcher.</param>
/// <param name="refresh">The interval of polls at a legacy box, which has no long poll.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log.</param>
internal sealed class JobSubmitter(PatientClient client, string watcher, TimeSpan refresh, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan RefreshWhileStopping = TimeSpan.FromSeconds(1);

    // A legacy box reruns jobs, and passes them on from node to node, once a second.
    private static readonly TimeSpan LongestPauseBeforeRerun = TimeSpan.FromSeconds(10);

    // The limit of concurrent submits. The others wait here, where they cost less.
    private const int MostSubmits = 64;

    private readonly SemaphoreSlim _turns = new(MostSubmits);
    private readonly ConcurrentDictionary<string, Submission> _submissions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _warnings = [];

    // The highest known attempt by the id of the first one, where it is not the first. The box may have dropped an early attempt while
    // a later one runs.
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstUpdate = NewSignal();
    private readonly LegacyBox _legacy = new(client);
    private readonly DoubtfulEnds _ends = new(LongestPauseBeforeRerun, time);

    // By the tag of a watch: completes when its jobs are known. A legacy box needs a request for each tag.
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _listed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _poll = new(0, 1);
    private volatile bool _isLegacy;

    /// <summary>The name of this watcher.</summary>
    public string Watcher => watcher;

    /// <summary>Runs a submission to its end.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="stop">Cancels the wait. Submitted jobs continue.</param>
    /// <exception cref="MeeseeksRequestException">The box rejects the job.</exception>
    /// <exception cref="MeeseeksConnectionException">The box was not reached in time.</exception>
    public async Task<JobEnd> RunAsync(Submission submission, CancellationToken stop)
    {
        // The first update contains the jobs of an earlier instance.
        await _firstUpdate.Task.WaitAsync(stop);
        await ListedAsync(submission.Tag, stop);
        submission.BeginAt(_attempts.GetValueOrDefault(submission.FirstId));
        while (true)
        {
            if (submission.IsStopping)
                return new JobEnd(JobState.Killed, [], WasStopped: true);

            // Registered before the submit: an update of the job may arrive before the response.
            submission.Begin();
            _submissions[submission.Id] = submission;
            try
            {
                await SubmitAsync(submission, stop);

                // A stop before the response did not find the job.
                if (submission.IsStopping)
                    await KillForStopAsync(submission, stop);
                if (await FollowAsync(submission, stop) is { } end)
                    return end;
            }
            finally
            {
                _ = _submissions.TryRemove(submission.Id, out _);
            }

            if (submission.IsOld)
            {
                // The submit has replaced the tags.
                await MarkAsync(submission.Parts, JobTags.WithRecorded, stop);
                submission.BeginNextAttempt();
            }
        }
    }

    /// <summary>Tags the jobs of a submission as recorded.</summary>
    /// <remarks>Another submit of the same work then starts a new attempt.</remarks>
    public Task AcknowledgeAsync(Submission submission, JobEnd end, CancellationToken stop)
    {
        if (end.State is JobState.Done && submission.Work.FileName is not null)
            _ = _attempts.TryRemove(submission.FirstId, out _);
        else
            NoteAttempt(submission.FirstId, submission.Attempt + 1);
        return MarkAsync(end.Jobs, JobTags.WithRecorded, stop);
    }

    /// <summary>Kills the live jobs of a submission and tags them as stopped.</summary>
    /// <remarks>The next instance of the watcher runs them again.</remarks>
    public async Task StopAsync(Submission submission, CancellationToken stop)
    {
        submission.IsStopping = true;
        submission.Wake();
        await KillForStopAsync(submission, stop);
        PollNow();
    }

    private async Task KillForStopAsync(Submission submission, CancellationToken stop)
    {
        foreach (var job in submission.Parts.Where(job => job.IsLive))
            _ = await client.RequestAsync(new JsonObject { ["submit"] = Tagged(job, JobTags.WithStopped(job)), ["kill"] = job.Id }, stop);
    }

    /// <summary>Passes the changes of jobs on to their submissions, until cancellation.</summary>
    public async Task FollowAllAsync(CancellationToken stop)
    {
        try
        {
            await FollowChangesAsync(stop);
        }
        catch (MeeseeksException problem)
        {
            // Submissions that wait for the first update must fail, too.
            _ = _firstUpdate.TrySetException(problem);
            throw;
        }
    }

    private async Task FollowChangesAsync(CancellationToken stop)
    {
        while (true)
        {
            _isLegacy = await _legacy.IsThereAsync(stop);
            if (_isLegacy)
            {
                log.Information("legacy box: polled every {Refresh} s", refresh.TotalSeconds);
                await PollAsync(stop);
            }
            else
            {
                await FollowLongPollAsync(stop);
            }
        }
    }

    // Returns when the box has been replaced by a legacy box.
    private async Task FollowLongPollAsync(CancellationToken stop)
    {
        await foreach (var update in client.FollowAsync(JobSelection.All.Where("tag", JobTags.Pattern(watcher)), stop))
        {
            if (update.IsSnapshot && await _legacy.IsThereAsync(stop))
                return;
            Take(update.Jobs);
            if (!update.IsSnapshot)
                continue;
            TakeWhole(update.Jobs);
            foreach (var listed in _listed.Values)
                _ = listed.TrySetResult();
        }
    }

    // Returns when the legacy box has been replaced by a box of ours.
    private async Task PollAsync(CancellationToken stop)
    {
        while (true)
        {
            var listed = _listed.ToList();
            var asked = _submissions.Values
                .SelectMany(submission => submission.Parts)
                .Select(job => job.Id)
                .ToHashSet(StringComparer.Ordinal);
            if (await _legacy.FindAsync(listed.Select(entry => entry.Key), asked, stop) is not { } jobs)
                return;
            Take(jobs);
            TakeWhole(jobs, asked);
            listed.ForEach(entry => entry.Value.TrySetResult());
            var isStopping = _submissions.Values.Any(submission => submission.IsStopping);
            _ = await _poll.WaitAsync(isStopping && refresh > RefreshWhileStopping ? RefreshWhileStopping : refresh, stop);
        }
    }

    private void Take(IEnumerable<Job> jobs)
    {
        foreach (var job in jobs)
        {
            if (WorkId.TryParse(job.Id, out var firstId, out var attempt))
                NoteAttempt(firstId, attempt);
            if (Find(job.Id) is { } submission)
                Take(submission, job);
        }
    }

    private void Take(Submission submission, Job job)
    {
        if (!_isLegacy || _ends.Counts(job))
            submission.Take(job);
    }

    private void TakeWhole(IEnumerable<Job> jobs, IReadOnlySet<string>? asked = null)
    {
        _ = _firstUpdate.TrySetResult();
        var ids = jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var submission in _submissions.Values)
            submission.TakeWhole(ids, asked);
    }

    private async Task ListedAsync(string tag, CancellationToken stop)
    {
        // Added before the kind of box is read: a change of the kind completes all tags that were added before it.
        var listed = _listed.GetOrAdd(tag, _ => NewSignal());
        if (!_isLegacy)
            return;
        if (!listed.Task.IsCompleted)
            PollNow();
        await listed.Task.WaitAsync(stop);
    }

    private void PollNow()
    {
        try
        {
            _ = _poll.Release();
        }
        catch (SemaphoreFullException)
        {
            // A poll is requested already.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Dispose()
    {
        _turns.Dispose();
        _poll.Dispose();
    }

    // The get before the submit returns the previous tags, because the submit replaces them.
    private async Task SubmitAsync(Submission submission, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        var (known, made) = (new List<Job>(), new List<Job>());
        try
        {
            var specs = _isLegacy && submission.IsSpread ? await _legacy.SpreadAsync(submission.Spec(), stop) : [submission.Spec()];
            foreach (var spec in specs)
            {
                var id = spec["id"]!.ToString();
                var ids = submission.IsSpread && !_isLegacy ? new JsonArray(id, id + ".*") : new JsonArray(id);
                var request = new JsonObject { ["get"] = new JsonObject { ["ids"] = ids }, ["submit"] = spec };
                var response = await client.RequestAsync(request, stop);
                made.AddRange(MadeBy(response));
                known.AddRange(response.Jobs("get").Select(pair => pair.Value).OfType<Job>());
                foreach (var warning in response.Warnings.Where(warning => _warnings.TryAdd(warning, true)))
                    log.Warning("warning of the box for job {Job}: {Warning}", submission.Id, warning);
            }
        }
        finally
        {
            _ = _turns.Release();
        }

        submission.IsOld = known.Any(JobTags.IsConsumed);
        known.ForEach(job => Take(submission, job));
        made.ForEach(job => Take(submission, job));
        if (!submission.IsOld)
            submission.SetSubmitted();
        if (known.Count > 0 && !submission.IsOld)
            log.Information("job {Job} exists already and is resumed", submission.Id);
    }

    private static List<Job> MadeBy(Response response)
    {
        var made = response.Find("submit") is null ? [] : response.Jobs("submit").Select(pair => pair.Value).OfType<Job>().ToList();
        return made.Count > 0
            ? made
            : throw new MeeseeksRequestException(response.Error ?? "the job was rejected without an error text", response.Code);
    }

    // Null when the work must be submitted again.
    private async Task<JobEnd?> FollowAsync(Submission submission, CancellationToken stop)
    {
        var isKilled = false;
        while (true)
        {
            var changed = submission.Changed;
            if (submission.End() is { } end)
                return submission.IsOld ? null : end;
            if (submission.IsDoubted)
            {
                log.Warning("job {Job} is missing in the box and is submitted again", submission.Id);
                return null;
            }

            var parts = submission.Parts;
            if (!isKilled && (submission.IsOld || parts.Any(job => job is { HasEnded: true, Status.State: JobState.Failed })))
            {
                isKilled = true;
                await KillAsync(parts.Where(job => job.IsLive), stop);
            }

            await changed.WaitAsync(stop);
        }
    }

    private async Task KillAsync(IEnumerable<Job> jobs, CancellationToken stop)
    {
        foreach (var job in jobs)
        {
            log.Information("job {Job} is killed: another part has failed or is already recorded", job.Id);
            _ = await client.RequestAsync(new JsonObject { ["kill"] = job.Id }, stop);
        }
    }

    private void NoteAttempt(string firstId, int attempt) =>
        _attempts.AddOrUpdate(firstId, attempt, (_, known) => Math.Max(known, attempt));

    private async Task MarkAsync(IEnumerable<Job> jobs, Func<Job, string[]> tags, CancellationToken stop)
    {
        foreach (var job in jobs)
            _ = await client.RequestAsync(new JsonObject { ["submit"] = Tagged(job, tags(job)) }, stop);
    }

    private static JsonObject Tagged(Job job, string[] tags) =>
        new() { ["id"] = job.Id, ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode?)tag)]) };

    // The id of a part is the id of its submission, a dot, and the node's name, which may contain dots.
    private Submission? Find(string id)
    {
        if (_submissions.TryGetValue(id, out var submission))
            return submission;
        for (var end = id.LastIndexOf('.'); end > 0; end = id.LastIndexOf('.', end - 1))
        {
            if (_submissions.TryGetValue(id[..end], out submission) && submission.IsSpread)
                return submission;
        }

        return null;
    }
}
