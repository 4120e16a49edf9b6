using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Following;

/// <summary>Updates all tracked jobs of a client over one connection.</summary>
internal sealed class JobTracker(MeeseeksClient client) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<TrackedJob> _jobs = [];
    private CancellationTokenSource _change = new();
    private TrackedJob[] _asked = [];
    private bool _isRunning;
    private Task _loop = Task.CompletedTask;

    /// <summary>Starts to track a job.</summary>
    /// <returns>The tracked job; null if the id is unknown.</returns>
    public async Task<TrackedJob?> TrackAsync(string id, CancellationToken stop)
    {
        var tracked = new TrackedJob(client, this, id);
        Add(tracked);
        try
        {
            // Query after the job is followed, so that no change is missed between the two.
            if (await client.QueryAsync(id, stop) is { } job)
            {
                tracked.Take(job);
                return tracked;
            }
        }
        catch
        {
            Forget(tracked);
            throw;
        }

        Forget(tracked);
        return null;
    }

    /// <summary>Stops tracking a job.</summary>
    public void Forget(TrackedJob tracked)
    {
        lock (_lock)
            _ = _jobs.Remove(tracked);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        foreach (var tracked in Snapshot())
            tracked.Fail(new ObjectDisposedException(nameof(MeeseeksClient)));

        _change.Dispose();
        _end.Dispose();
    }

    private void Add(TrackedJob tracked)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, typeof(MeeseeksClient));
        lock (_lock)
        {
            _jobs.Add(tracked);
            if (!_isRunning)
            {
                _isRunning = true;
                _loop = Task.Run(RunAsync);
            }
        }

        // Not disposed: the loop may still read its token. Without a timer, a source needs no disposal.
        Interlocked.Exchange(ref _change, new CancellationTokenSource()).Cancel();
    }

    private TrackedJob[] Snapshot()
    {
        lock (_lock)
            return [.. _jobs];
    }

    // Remember the requested jobs: a job that was added after the request is not gone because the answer lacks it.
    private JobSelection Select()
    {
        _asked = Snapshot();
        return JobSelection.Ids(_asked.Select(job => job.Id).Distinct());
    }

    // A subscriber that fails ends the tracking of its job only.
    private void Pass(Job job, TrackedJob tracked)
    {
        try
        {
            tracked.Take(job);
        }
#pragma warning disable CA1031 // The code of a subscriber: its exception reaches those that wait for the job.
        catch (Exception problem)
        {
            Forget(tracked);
            tracked.Fail(problem);
        }
#pragma warning restore CA1031
    }

    /// <summary>Passes each update to the tracked jobs that it concerns.</summary>
    private async Task RunAsync()
    {
        try
        {
            await foreach (var update in client.Follow(Select, () => Volatile.Read(ref _change).Token).FollowAsync(_end.Token))
            {
                var jobs = update.Jobs.ToDictionary(job => job.Id);
                foreach (var tracked in _asked)
                {
                    if (jobs.TryGetValue(tracked.Id, out var job))
                        Pass(job, tracked);
                    else if (update.IsSnapshot)
                        tracked.SetGone();
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The client was disposed.
        }
#pragma warning disable CA1031 // Passed on to all waiters; the next tracked job starts the loop again.
        catch (Exception problem)
        {
            TrackedJob[] jobs;
            lock (_lock)
            {
                jobs = [.. _jobs];
                _jobs.Clear();
                _isRunning = false;
            }

            Array.ForEach(jobs, tracked => tracked.Fail(problem));
        }
#pragma warning restore CA1031
    }
}
