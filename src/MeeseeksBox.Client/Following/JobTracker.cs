namespace MeeseeksBox.Client.Following;

/// <summary>Keeps all live jobs of a client in step, over one connection.</summary>
internal sealed class JobTracker(MeeseeksClient client) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<LiveJob> _jobs = [];
    private CancellationTokenSource _change = new();
    private LiveJob[] _asked = [];
    private bool _isRunning;
    private Task _loop = Task.CompletedTask;

    /// <summary>Takes a job up.</summary>
    /// <returns>Null when there is none with that id.</returns>
    public async Task<LiveJob?> TrackAsync(string id, CancellationToken stop)
    {
        var live = new LiveJob(client, this, id);
        Add(live);
        try
        {
            // Looked at after it is followed: no change can fall between the two.
            if (await client.QueryAsync(id, stop) is { } job)
            {
                live.Take(job);
                return live;
            }
        }
        catch
        {
            Forget(live);
            throw;
        }

        Forget(live);
        return null;
    }

    /// <summary>Lets go of a job.</summary>
    public void Forget(LiveJob live)
    {
        lock (_lock)
        {
            _ = _jobs.Remove(live);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        foreach (var live in Snapshot())
        {
            live.Fail(new ObjectDisposedException(nameof(MeeseeksClient)));
        }

        _change.Dispose();
        _end.Dispose();
    }

    private void Add(LiveJob live)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, typeof(MeeseeksClient));
        lock (_lock)
        {
            _jobs.Add(live);
            if (!_isRunning)
            {
                _isRunning = true;
                _loop = Task.Run(RunAsync);
            }
        }

        // Not disposed of: the loop may be about to look at its token. It has no timer that would need it.
        Interlocked.Exchange(ref _change, new CancellationTokenSource()).Cancel();
    }

    private LiveJob[] Snapshot()
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
            await foreach (var news in client.Follow(Select, () => Volatile.Read(ref _change).Token).FollowAsync(_end.Token))
            {
                var jobs = news.Jobs.ToDictionary(job => job.Id);
                foreach (var live in _asked)
                {
                    if (jobs.TryGetValue(live.Id, out var job))
                    {
                        live.Take(job);
                    }
                    else if (news.IsWhole)
                    {
                        live.SetGone();
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
            LiveJob[] jobs;
            lock (_lock)
            {
                jobs = [.. _jobs];
                _jobs.Clear();
                _isRunning = false;
            }

            Array.ForEach(jobs, live => live.Fail(problem));
        }
#pragma warning restore CA1031
    }
}
