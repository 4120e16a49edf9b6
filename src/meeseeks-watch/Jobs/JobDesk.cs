using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Watch.Jobs;
using Serilog;

namespace MeeseeksBox.Watcher.Jobs;

/// <summary>
/// Gives works to the box and follows them until they end. A submit that meets a job of an earlier life takes it up: that is what makes each
/// work run once, whenever the watcher dies.
/// </summary>
/// <param name="link">The way to the box.</param>
/// <param name="watcher">The name of this watcher.</param>
/// <param name="refresh">The pause between two polls of a box of the original, which has no long poll.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class JobDesk(BoxLink link, string watcher, TimeSpan refresh, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan RefreshWhileStopping = TimeSpan.FromSeconds(1);

    // The original looks for jobs to run again every second, and passes them on from node to node as often.
    private static readonly TimeSpan LongestPauseBeforeRerun = TimeSpan.FromSeconds(10);

    // So many submits are on their way at once; the others wait here, where they cost less.
    private const int MostSubmits = 64;

    private readonly SemaphoreSlim _turns = new(MostSubmits);
    private readonly ConcurrentDictionary<string, JobOrder> _orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _warnings = [];

    // By the id of the first attempt: the highest that is known, where it is not the first. An early attempt may be forgotten by the box while a later one runs.
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstNews = NewSignal();
    private readonly LegacyBox _legacy = new(link);
    private readonly DoubtfulEnds _ends = new(LongestPauseBeforeRerun, time);

    // By the tag of a watch: ends when the jobs with it are known. One of the original has to be asked for each tag.
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _listed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _poll = new(0, 1);
    private volatile bool _isLegacy;

    /// <summary>The name of this watcher.</summary>
    public string Watcher => watcher;

    /// <summary>Runs an order to its end.</summary>
    /// <param name="order">The order.</param>
    /// <param name="stop">Ends the wait; jobs that were submitted go on.</param>
    /// <exception cref="MeeseeksRequestException">The box refuses the job.</exception>
    /// <exception cref="MeeseeksConnectionException">The box was never there.</exception>
    public async Task<JobEnd> RunAsync(JobOrder order, CancellationToken stop)
    {
        // What runs from an earlier life is known then.
        await _firstNews.Task.WaitAsync(stop);
        await ListedAsync(order.Tag, stop);
        order.BeginAt(_attempts.GetValueOrDefault(order.FirstId));
        while (true)
        {
            if (order.IsStopping)
                return new JobEnd(JobState.Killed, [], WasStopped: true);

            // Known before it is submitted: the news of a job may come before the answer to its submit.
            order.Begin();
            _orders[order.Id] = order;
            try
            {
                await SubmitAsync(order, stop);

                // A stop that came before the answer has found no job to kill.
                if (order.IsStopping)
                    await KillForStopAsync(order, stop);
                if (await FollowAsync(order, stop) is { } end)
                    return end;
            }
            finally
            {
                _ = _orders.TryRemove(order.Id, out _);
            }

            if (order.IsOld)
            {
                // The submit has taken the mark away.
                await MarkAsync(order.Parts, JobTags.WithRecorded, stop);
                order.BeginNextAttempt();
            }
        }
    }

    /// <summary>Marks the jobs of an order as recorded, so that whoever submits the same work once more gets it run once more.</summary>
    public Task SettleAsync(JobOrder order, JobEnd end, CancellationToken stop)
    {
        if (end.State is JobState.Done && order.Work.FileName is not null)
            _ = _attempts.TryRemove(order.FirstId, out _);
        else
            NoteAttempt(order.FirstId, order.Attempt + 1);
        return MarkAsync(end.Jobs, JobTags.WithRecorded, stop);
    }

    /// <summary>Kills what runs of an order, and marks it: it is to be run again by the next life of the watcher.</summary>
    public async Task StopAsync(JobOrder order, CancellationToken stop)
    {
        order.IsStopping = true;
        order.Wake();
        await KillForStopAsync(order, stop);
        PollNow();
    }

    private async Task KillForStopAsync(JobOrder order, CancellationToken stop)
    {
        foreach (var job in order.Parts.Where(job => job.IsLive))
        {
            _ = await link.AskAsync(new JsonObject { ["submit"] = Tagged(job, JobTags.WithStopped(job)), ["kill"] = job.Id }, stop);
        }
    }

    /// <summary>One turn: tells orders what has become of their jobs.</summary>
    public async Task FollowAllAsync(CancellationToken stop)
    {
        try
        {
            await FollowNewsAsync(stop);
        }
        catch (MeeseeksException problem)
        {
            // Whoever waits for the first news waits in vain.
            _ = _firstNews.TrySetException(problem);
            throw;
        }
    }

    private async Task FollowNewsAsync(CancellationToken stop)
    {
        while (true)
        {
            _isLegacy = await _legacy.IsThereAsync(stop);
            if (_isLegacy)
            {
                log.Information("the box is one of the original: it is polled every {Refresh} s", refresh.TotalSeconds);
                await PollAsync(stop);
            }
            else
            {
                await FollowLongPollAsync(stop);
            }
        }
    }

    // Until another box is there, which is one of the original.
    private async Task FollowLongPollAsync(CancellationToken stop)
    {
        await foreach (var news in link.FollowAsync(JobSelection.All.Where("tag", JobTags.Pattern(watcher)), stop))
        {
            if (news.IsWhole && await _legacy.IsThereAsync(stop))
                return;
            Take(news.Jobs);
            if (!news.IsWhole)
                continue;
            TakeWhole(news.Jobs);
            foreach (var listed in _listed.Values)
                _ = listed.TrySetResult();
        }
    }

    // Until another box is there, which is one of ours.
    private async Task PollAsync(CancellationToken stop)
    {
        while (true)
        {
            var listed = _listed.ToList();
            var asked = _orders.Values.SelectMany(order => order.Parts).Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
            if (await _legacy.FindAsync(listed.Select(entry => entry.Key), asked, stop) is not { } jobs)
                return;
            Take(jobs);
            TakeWhole(jobs, asked);
            listed.ForEach(entry => entry.Value.TrySetResult());
            var isStopping = _orders.Values.Any(order => order.IsStopping);
            _ = await _poll.WaitAsync(isStopping && refresh > RefreshWhileStopping ? RefreshWhileStopping : refresh, stop);
        }
    }

    private void Take(IEnumerable<Job> jobs)
    {
        foreach (var job in jobs)
        {
            if (WorkId.TryParse(job.Id, out var firstId, out var attempt))
                NoteAttempt(firstId, attempt);
            if (Find(job.Id) is { } order)
                Take(order, job);
        }
    }

    private void Take(JobOrder order, Job job)
    {
        if (!_isLegacy || _ends.Counts(job))
            order.Take(job);
    }

    private void TakeWhole(IEnumerable<Job> jobs, IReadOnlySet<string>? asked = null)
    {
        _ = _firstNews.TrySetResult();
        var ids = jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var order in _orders.Values)
            order.TakeWhole(ids, asked);
    }

    private async Task ListedAsync(string tag, CancellationToken stop)
    {
        // Added before the kind of box is looked at: whoever changes the kind completes all that have been added.
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
            // The next poll begins at once already.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Dispose()
    {
        _turns.Dispose();
        _poll.Dispose();
    }

    // What was known before the submit comes with its answer: the submit itself sets the tags anew.
    private async Task SubmitAsync(JobOrder order, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        var (known, made) = (new List<Job>(), new List<Job>());
        try
        {
            var specs = _isLegacy && order.IsSpread ? await _legacy.SpreadAsync(order.Spec(), stop) : [order.Spec()];
            foreach (var spec in specs)
            {
                var id = spec["id"]!.ToString();
                var ids = order.IsSpread && !_isLegacy ? new JsonArray(id, id + ".*") : new JsonArray(id);
                var answer = await link.AskAsync(new JsonObject { ["get"] = new JsonObject { ["ids"] = ids }, ["submit"] = spec }, stop);
                made.AddRange(MadeBy(answer));
                known.AddRange(answer.Jobs("get").Select(pair => pair.Value).OfType<Job>());
                foreach (var warning in answer.Warnings.Where(warning => _warnings.TryAdd(warning, true)))
                    log.Warning("the box says of job {Job}: {Warning}", order.Id, warning);
            }
        }
        finally
        {
            _ = _turns.Release();
        }

        order.IsOld = known.Any(JobTags.IsThrough);
        known.ForEach(job => Take(order, job));
        made.ForEach(job => Take(order, job));
        if (!order.IsOld)
            order.SetSubmitted();
        if (known.Count > 0 && !order.IsOld)
            log.Information("job {Job} is there already, and is followed", order.Id);
    }

    private static List<Job> MadeBy(Answer answer)
    {
        var made = answer.Find("submit") is null ? [] : answer.Jobs("submit").Select(pair => pair.Value).OfType<Job>().ToList();
        return made.Count > 0
            ? made
            : throw new MeeseeksRequestException(answer.Error ?? "the job was refused, and the node does not say why", answer.Code);
    }

    // Null when it is to be submitted again.
    private async Task<JobEnd?> FollowAsync(JobOrder order, CancellationToken stop)
    {
        var isKilled = false;
        while (true)
        {
            var changed = order.Changed;
            if (order.End() is { } end)
                return order.IsOld ? null : end;
            if (order.IsDoubted)
            {
                log.Warning("the box does not know job {Job} any more; it is submitted again", order.Id);
                return null;
            }

            var parts = order.Parts;
            if (!isKilled && (order.IsOld || parts.Any(job => job is { HasEnded: true, State: JobState.Failed })))
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
            log.Information("job {Job} is killed, because another part of it has failed", job.Id);
            _ = await link.AskAsync(new JsonObject { ["kill"] = job.Id }, stop);
        }
    }

    private void NoteAttempt(string firstId, int attempt) => _attempts.AddOrUpdate(firstId, attempt, (_, known) => Math.Max(known, attempt));

    private async Task MarkAsync(IEnumerable<Job> jobs, Func<Job, string[]> tags, CancellationToken stop)
    {
        foreach (var job in jobs)
            _ = await link.AskAsync(new JsonObject { ["submit"] = Tagged(job, tags(job)) }, stop);
    }

    private static JsonObject Tagged(Job job, string[] tags) =>
        new() { ["id"] = job.Id, ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode?)tag)]) };

    // A part has the id of its order, a dot, and the name of its node, which may have dots itself.
    private JobOrder? Find(string id)
    {
        if (_orders.TryGetValue(id, out var order))
            return order;
        for (var end = id.LastIndexOf('.'); end > 0; end = id.LastIndexOf('.', end - 1))
        {
            if (_orders.TryGetValue(id[..end], out order) && order.IsSpread)
                return order;
        }

        return null;
    }
}
