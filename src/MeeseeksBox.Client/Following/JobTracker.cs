namespace MeeseeksBox.Client.Following;

/// <summary>Keeps all live jobs of a client in step, over one connection.</summary>
internal sealed class JobTracker(MeeseeksClient client) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<TrackedJob> _jobs = [];
    private CancellationTokenSource _change = new();
    private TrackedJob[] _asked = [];
    private bool _isRunning;
    private Task _loop = Task.CompletedTask;

    /// <summary>Takes a job up.</summary>
    /// <returns>Null when there is none with that id.</returns>
    public async Task<TrackedJob?> TrackAsync(string id, CancellationToken stop)
    {
        var tracked = new TrackedJob(client, this, id);
        Add(tracked);
        try
        {
            // Looked at after it is followed: no change can fall between the two.
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

    /// <summary>Lets go of a job.</summary>
    public void Forget(TrackedJob tracked)
    {
        lock (_lock)
        {
            _ = _jobs.Remove(tracked);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        foreach (var tracked in Snapshot())
        {
            tracked.Fail(new ObjectDisposedException(nameof(MeeseeksClient)));
        }

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

        // Not disposed of: the loop may be about to look at its token. It has no timer that would need it.
        Interlocked.Exchange(ref _change, new CancellationTokenSource()).Cancel();
    }

    private TrackedJob[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _jobs];
        }
    }

    // Remembered, because one that came after the question is not missing in its answer.
    private JobSelection Select()
    {
        _asked = Snapshot();
        return JobSelection.Ids(_asked.Select(job => job.Id).Distinct());
    }

    /// <summary>One turn: take the news, and tell the jobs that they concern.</summary>
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
                    {
                        tracked.Take(job);
                    }
                    else if (update.IsSnapshot)
                    {
                        tracked.SetGone();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The client is disposed of.
        }
#pragma warning disable CA1031 // Handed on to everybody who waits for a job; the next job that is tracked starts anew.
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
