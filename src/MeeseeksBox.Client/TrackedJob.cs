using System.Text.Json.Nodes;
using MeeseeksBox.Client.Following;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <summary>A job whose record is updated until it is disposed. Disposal does not end the job.</summary>
/// <example><code>
/// await using var job = await client.TrackAsync("a");
/// job!.Changed += now => Console.WriteLine(now.Status.State);
/// Console.WriteLine($"ended with {(await job.Ended).Status.Rc}");
/// </code></example>
public sealed class TrackedJob : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly MeeseeksClient _client;
    private readonly JobTracker _tracker;
    private readonly TaskCompletionSource<Job> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TrackedJob(MeeseeksClient client, JobTracker tracker, string id)
    {
        _client = client;
        _tracker = tracker;
        Id = id;
        Current = new Job { Id = id };
    }

    /// <summary>Raised after each change, on the loop that follows all tracked jobs: handlers must return quickly.</summary>
    /// <remarks>An exception of a handler ends the tracking of this job, and is that of <see cref="Ended"/>.</remarks>
    public event Action<Job>? Changed;

    /// <summary>The id of the job.</summary>
    public string Id { get; }

    /// <summary>The last received record of the job.</summary>
    public Job Current { get; private set; }

    /// <summary>Whether the box no longer has the job, because it expired or was removed.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Completes when the job has ended for the first time, or is gone.</summary>
    /// <remarks>
    /// The result is the ended job, or the last received record of a job that is gone. Fails with
    /// <see cref="MeeseeksConnectionException"/> if the box stays unreachable.
    /// </remarks>
    public Task<Job> Ended => _ended.Task;

    /// <summary>Kills the job.</summary>
    public Task<Job?> KillAsync(CancellationToken stop = default) => _client.KillAsync(Id, stop);

    /// <summary>Changes the job by a submit with its id.</summary>
    /// <param name="changes">Spec keys and their values.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <example><code>await job.ChangeAsync(new JsonObject { ["hold"] = false });</code></example>
    public Task<SubmittedJobs> ChangeAsync(JsonObject changes, CancellationToken stop = default)
    {
        var spec = (JsonObject)changes.DeepClone();
        spec["id"] = Id;
        return _client.SubmitAsync(spec, stop);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _tracker.Forget(this);
        return ValueTask.CompletedTask;
    }

    // Updates arrive from the first query and from the follower, and may overtake each other.
    internal void Take(Job job)
    {
        lock (_lock)
        {
            if (IsEarlier(job, Current))
                return;

            (Current, IsGone) = (job, false);
        }

        Changed?.Invoke(job);
        if (job.HasEnded)
            _ = _ended.TrySetResult(job);
    }

    private static bool IsEarlier(Job job, Job than) => job.Status.CompareEpoch(than.Status) switch
    {
        0 => job.Ts < than.Ts,
        var order => order < 0,
    };

    internal void SetGone()
    {
        IsGone = true;
        _ = _ended.TrySetResult(Current);
    }

    internal void Fail(Exception fault) => _ended.TrySetException(fault);
}
