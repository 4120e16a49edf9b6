using System.Text.Json.Nodes;
using MeeseeksBox.Client.Following;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <summary>A job that stays in step with what the box knows of it. Dispose of it when it is not needed any more; that does not end the job.</summary>
/// <example><code>
/// await using var job = await client.TrackAsync("a");
/// job!.Changed += now => Console.WriteLine(now.State);
/// Console.WriteLine($"ended with {(await job.Ended).Rc}");
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

    /// <summary>Is told of the job whenever it has changed, on the loop that follows all jobs of the client: be quick, or hand it on.</summary>
    public event Action<Job>? Changed;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The job as it was last heard of.</summary>
    public Job Current { get; private set; }

    /// <summary>True when the box does not know it any more: it expired, or the box forgot it.</summary>
    public bool IsGone { get; private set; }

    /// <summary>
    /// Ends when the job has ended for the first time, with the job as it was then, or when it is gone, with the job as it was last heard of. Fails with
    /// <see cref="MeeseeksConnectionException"/> when the box stays away.
    /// </summary>
    public Task<Job> Ended => _ended.Task;

    /// <summary>Kills it.</summary>
    public Task<Job?> KillAsync(CancellationToken stop = default) => _client.KillAsync(Id, stop);

    /// <summary>Changes it in good order: what <c>submit</c> allows for a job that is there.</summary>
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

    // News come from two sides, the first look and what is followed, and may overtake each other.
    internal void Take(Job job)
    {
        lock (_lock)
        {
            if ((job.Epoch, job.Ts).CompareTo((Current.Epoch, Current.Ts)) < 0)
            {
                return;
            }

            (Current, IsGone) = (job, false);
        }

        Changed?.Invoke(job);
        if (job.HasEnded)
        {
            _ = _ended.TrySetResult(job);
        }
    }

    internal void SetGone()
    {
        IsGone = true;
        _ = _ended.TrySetResult(Current);
    }

    internal void Fail(Exception fault) => _ended.TrySetException(fault);
}
