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
/// <param name="log">The log.</param>
internal sealed class JobDesk(BoxLink link, string watcher, ILogger log) : IDisposable
{
    // So many submits are on their way at once; the others wait here, where they cost less.
    private const int MostSubmits = 64;

    private readonly SemaphoreSlim _turns = new(MostSubmits);
    private readonly ConcurrentDictionary<string, JobOrder> _orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _warnings = [];

    // By the id of the first attempt: the highest that is known, where it is not the first. An early attempt may be forgotten by the box while a later one runs.
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstNews = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
        order.BeginAt(_attempts.GetValueOrDefault(order.FirstId));
        while (true)
        {
            // Known before it is submitted: the news of a job may come before the answer to its submit.
            order.Begin();
            _orders[order.Id] = order;
            try
            {
                await SubmitAsync(order, stop);
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
        await foreach (var news in link.FollowAsync(JobSelection.All.Where("tag", JobTags.Pattern(watcher)), stop))
        {
            foreach (var job in news.Jobs)
            {
                if (WorkId.TryParse(job.Id, out var firstId, out var attempt))
                    NoteAttempt(firstId, attempt);
                Find(job.Id)?.Take(job);
            }

            if (!news.IsWhole)
                continue;
            _ = _firstNews.TrySetResult();
            var ids = news.Jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var order in _orders.Values)
                order.TakeWhole(ids);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    // What was known before the submit comes with its answer: the submit itself sets the tags anew.
    private async Task SubmitAsync(JobOrder order, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        Answer answer;
        try
        {
            var ids = order.IsSpread ? new JsonArray(order.Id, order.Id + ".*") : new JsonArray(order.Id);
            answer = await link.AskAsync(new JsonObject { ["get"] = new JsonObject { ["ids"] = ids }, ["submit"] = order.Spec() }, stop);
        }
        finally
        {
            _ = _turns.Release();
        }

        var made = answer.Find("submit") is null ? [] : answer.Jobs("submit").Select(pair => pair.Value).OfType<Job>().ToList();
        if (made.Count == 0)
            throw new MeeseeksRequestException(answer.Error ?? "the job was refused, and the node does not say why", answer.Code);
        foreach (var warning in answer.Warnings.Where(warning => _warnings.TryAdd(warning, true)))
            log.Warning("the box says of job {Job}: {Warning}", order.Id, warning);

        var known = answer.Jobs("get").Select(pair => pair.Value).OfType<Job>().ToList();
        order.IsOld = known.Any(JobTags.IsThrough);
        known.ForEach(order.Take);
        made.ForEach(order.Take);
        if (!order.IsOld)
            order.SetSubmitted();
        if (known.Count > 0 && !order.IsOld)
            log.Information("job {Job} is there already, and is followed", order.Id);
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
