using System.Text.Json.Nodes;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>A submitted work item: one job, or one on each of several nodes.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Submission
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Job> _parts = [];
    private readonly JsonObject _spec;
    private Func<int, string> _idOf;
    private readonly TaskCompletionSource _submitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncSignal _changed = new();

    /// <summary>Makes a submission.</summary>
    /// <param name="work">The work item.</param>
    /// <param name="spec">The spec of the job, without its id.</param>
    /// <param name="idOf">Maps the number of an attempt to its id.</param>
    public Submission(WorkItem work, JsonObject spec, Func<int, string> idOf)
    {
        (Work, _spec, _idOf) = (work, spec, idOf);

        // Only the box can resolve a pattern to nodes.
        IsSpread = spec["node"] is JsonArray or JsonValue
            && spec["node"]!.ToString() is var node
            && (spec["node"] is JsonArray || node.EndsWith('*'));
    }

    /// <summary>The work item.</summary>
    public WorkItem Work { get; }

    /// <summary>The tag of its watch and of its jobs.</summary>
    public required string Tag { get; init; }

    /// <summary>The present and former names of its watch.</summary>
    public IReadOnlyList<string> Watches { get; init; } = [];

    /// <summary>The tag that tells its jobs from those of other work with the same id; null when its id does.</summary>
    public string? WorkTag { get; init; }

    /// <summary>All tags of its jobs.</summary>
    public string[] Tags => [.. _spec["tags"]!.AsArray().Select(tag => $"{tag}")];

    /// <summary>The same work by former names of its watch.</summary>
    public IReadOnlyList<FormerWork> Formers { get; init; } = [];

    /// <summary>The number of the attempt, from 0.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether it may have a job on each of several nodes.</summary>
    public bool IsSpread { get; }

    /// <summary>The id of the first attempt, which identifies the submission.</summary>
    public string FirstId => _idOf(0);

    /// <summary>The id of this attempt, and the beginning of the ids of its parts.</summary>
    public string Id => _idOf(Attempt);

    /// <summary>Whether the watcher stops its jobs.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Whether the box has a job that is already recorded or stopped.</summary>
    /// <remarks>The next attempt begins once all parts have ended.</remarks>
    public bool IsOld { get; set; }

    /// <summary>Whether the box has lost a part, so that it must be submitted again.</summary>
    public bool IsDoubted { get; private set; }

    /// <summary>Why its jobs cannot be followed any more; null when they can be.</summary>
    public string? Failure { get; private set; }

    /// <summary>The latest copies of its jobs.</summary>
    public IReadOnlyList<Job> Parts
    {
        get
        {
            lock (_lock)
                return [.. _parts.Values];
        }
    }

    /// <summary>Completes when the box has accepted it, except for an old one.</summary>
    public Task Submitted => _submitted.Task;

    /// <summary>Waits for a change that came after the last wait.</summary>
    public Task ChangedAsync(CancellationToken stop) => _changed.WaitAsync(stop);

    /// <summary>The spec for this attempt, with its id.</summary>
    public JsonObject Spec()
    {
        var spec = (JsonObject)_spec.DeepClone();
        spec["id"] = Id;
        return spec;
    }

    /// <summary>Stores the copy of a job, unless a newer one is stored.</summary>
    public void Take(Job job)
    {
        lock (_lock)
        {
            if (_parts.TryGetValue(job.Id, out var known) && known.Ts > job.Ts)
                return;
            _parts[job.Id] = job;
        }

        Wake();
    }

    /// <summary>Compares the jobs with a complete list of the box.</summary>
    /// <param name="ids">The ids of all jobs in the box.</param>
    /// <param name="asked">The ids in the request, because a job may have been made since; null for all.</param>
    public void TakeWhole(IReadOnlySet<string> ids, IReadOnlySet<string>? asked = null)
    {
        lock (_lock)
        {
            if (!_parts.Values.Any(job => !job.HasEnded && !ids.Contains(job.Id) && asked?.Contains(job.Id) is not false))
                return;
            IsDoubted = true;
        }

        Wake();
    }

    /// <summary>Ends it without a result.</summary>
    /// <param name="problem">Why its jobs cannot be followed any more.</param>
    public void Fail(string problem)
    {
        Failure = problem;
        Wake();
    }

    /// <summary>Goes on under the id of a former name of its watch.</summary>
    public void Adopt(FormerWork former) => _idOf = former.IdOf;

    /// <summary>Whether a job with one of its ids is for other work.</summary>
    public bool IsOther(Job job) => JobTags.IsOfOther(job, WorkTag, Watches);

    /// <summary>The id of an attempt.</summary>
    public string IdOf(int attempt) => _idOf(attempt);

    /// <summary>Sets the number of the attempt.</summary>
    public void BeginAt(int attempt) => Attempt = attempt;

    /// <summary>Clears the copies of jobs before a submit.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            IsDoubted = false;
            _parts.Clear();
        }
    }

    /// <summary>Marks it as accepted by the box.</summary>
    public void SetSubmitted() => _ = _submitted.TrySetResult();

    /// <summary>Advances to the next attempt.</summary>
    public void BeginNextAttempt()
    {
        Attempt++;
        IsOld = false;
    }

    /// <summary>Completes <see cref="ChangedAsync"/>.</summary>
    public void Wake() => _changed.Set();

    /// <summary>The result; null while a job has not ended.</summary>
    public JobEnd? End()
    {
        var parts = Parts;
        if (parts.Count == 0 || !parts.All(job => job.HasEnded))
            return null;
        var state = parts.Any(job => job.Status.State is JobState.Failed) ? JobState.Failed
            : parts.Any(job => job.Status.State is JobState.Killed) ? JobState.Killed
            : JobState.Done;
        var wasStopped = parts.Any(job => IsStopping ? job.Status.State is JobState.Killed : JobTags.IsStopped(job));
        return new JobEnd(state, parts, wasStopped);
    }
}
