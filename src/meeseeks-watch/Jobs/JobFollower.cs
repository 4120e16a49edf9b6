using System.Collections.Concurrent;
using MeeseeksBox.Client;
using MeeseeksBox.Foundation.Tasks;
using Serilog;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Follows all jobs of this watcher: by long polls, or by polls at a legacy box.</summary>
/// <param name="client">The connection to the box.</param>
/// <param name="watcher">The name of this watcher.</param>
/// <param name="refresh">The interval of polls at a legacy box, which has no long poll.</param>
/// <param name="submissions">Receives the jobs.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log.</param>
internal sealed class JobFollower(
    IBoxClient client, string watcher, TimeSpan refresh, RunningSubmissions submissions, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan RefreshWhileStopping = TimeSpan.FromSeconds(1);

    private readonly LegacyBox _legacy = new(client);
    private readonly TaskCompletionSource _firstUpdate = NewSignal();

    // By the tag of a watch: completes when its jobs are known. A legacy box needs a request for each tag.
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _listed = new(StringComparer.Ordinal);
    private readonly AsyncSignal _poll = new();

    /// <summary>Passes the changes of jobs on to their submissions, until cancellation.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                submissions.IsLegacy = await _legacy.IsThereAsync(stop);
                if (submissions.IsLegacy)
                {
                    log.Information("legacy box: polled every {Refresh} s", refresh.TotalSeconds);
                    await PollAsync(stop);
                }
                else
                {
                    await FollowAsync(stop);
                }
            }
        }
        catch (MeeseeksException problem)
        {
            // Submissions that wait for an update must fail, too.
            _ = _firstUpdate.TrySetException(problem);
            submissions.FailAll(problem.Message);
            throw;
        }
    }

    /// <summary>Completes when the jobs of an earlier instance with a tag are known.</summary>
    public async Task ListedAsync(string tag, CancellationToken stop)
    {
        await _firstUpdate.Task.WaitAsync(stop);

        // Added before the kind of box is read: a change of the kind completes all tags that were added before it.
        var listed = _listed.GetOrAdd(tag, _ => NewSignal());
        if (!submissions.IsLegacy)
            return;
        if (!listed.Task.IsCompleted)
            PollNow();
        await listed.Task.WaitAsync(stop);
    }

    /// <summary>Polls a legacy box at once.</summary>
    public void PollNow() => _poll.Set();

    // Returns when the box has been replaced by a legacy box.
    private async Task FollowAsync(CancellationToken stop)
    {
        await foreach (var update in client.FollowAsync(JobSelection.All.Where("tag", JobTags.Pattern(watcher)), stop))
        {
            if (update.IsSnapshot && await _legacy.IsThereAsync(stop))
                return;
            submissions.Take(update.Jobs);
            if (!update.IsSnapshot)
                continue;
            submissions.TakeWhole(update.Jobs);
            _ = _firstUpdate.TrySetResult();
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
            var asked = submissions.JobIds();
            if (await _legacy.FindAsync(listed.Select(entry => entry.Key), asked, stop) is not { } jobs)
                return;
            submissions.Take(jobs);
            submissions.TakeWhole(jobs, asked);
            _ = _firstUpdate.TrySetResult();
            listed.ForEach(entry => entry.Value.TrySetResult());
            var isFast = submissions.IsAnyStopping && refresh > RefreshWhileStopping;
            await _poll.WaitAsync(isFast ? RefreshWhileStopping : refresh, time, stop);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
