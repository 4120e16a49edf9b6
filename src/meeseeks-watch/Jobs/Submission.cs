using System.Text.Json.Nodes;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>A work that was given to the box: one job, or one on each of several nodes. Safe for many threads.</summary>
internal sealed class Submission
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Job> _parts = [];
    private readonly JsonObject _spec;
    private readonly Func<int, string> _idOf;
    private readonly TaskCompletionSource _submitted = NewSignal();
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>An order.</summary>
    /// <param name="work">What it is for.</param>
    /// <param name="spec">The job, without its id.</param>
    /// <param name="idOf">The id of each attempt.</param>
    public Submission(WorkItem work, JsonObject spec, Func<int, string> idOf)
    {
        (Work, _spec, _idOf) = (work, spec, idOf);

        // Whether a pattern means one node or many, only the box knows.
        IsSpread = spec["node"] is JsonArray or JsonValue && spec["node"]!.ToString() is var node && (spec["node"] is JsonArray || node.EndsWith('*'));
    }

    /// <summary>What it is for.</summary>
    public WorkItem Work { get; }

    /// <summary>The tag of its watch, which its jobs have.</summary>
    public required string Tag { get; init; }

    /// <summary>Which attempt this is, from 0.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether there may be a job on each of several nodes.</summary>
    public bool IsSpread { get; }

    /// <summary>The id of the first attempt, by which all are known.</summary>
    public string FirstId => _idOf(0);

    /// <summary>The id of this attempt, with which those of its parts begin.</summary>
    public string Id => _idOf(Attempt);

    /// <summary>Whether the watcher is taking its jobs with it.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Whether what has come of it is of an earlier life: it is to be run again once all of it has ended.</summary>
    public bool IsOld { get; set; }

    /// <summary>Whether a part may be gone from the box, so that it should be submitted again.</summary>
    public bool IsDoubted { get; private set; }

    /// <summary>Its jobs as they are known.</summary>
    public IReadOnlyList<Job> Parts
    {
        get
        {
            lock (_lock)
                return [.. _parts.Values];
        }
    }

    /// <summary>Ends when the box has taken it, and it is no old one.</summary>
    public Task Submitted => _submitted.Task;

    /// <summary>Ends with the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>The job to submit for this attempt.</summary>
    public JsonObject Spec()
    {
        var spec = (JsonObject)_spec.DeepClone();
        spec["id"] = Id;
        return spec;
    }

    /// <summary>Takes news of one of its jobs, unless newer are known.</summary>
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

    /// <summary>Takes news that the box knows these jobs and no others.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="asked">The jobs that were asked for; another one may have been made meanwhile. Null: all.</param>
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

    /// <summary>Sets the attempt to begin with.</summary>
    public void BeginAt(int attempt) => Attempt = attempt;

    /// <summary>Begins to submit: what is known from before does not count.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            IsDoubted = false;
            _parts.Clear();
        }
    }

    /// <summary>Takes note that the box has taken it.</summary>
    public void SetSubmitted() => _ = _submitted.TrySetResult();

    /// <summary>Goes on to the next attempt.</summary>
    public void BeginNextAttempt()
    {
        Attempt++;
        IsOld = false;
    }

    /// <summary>Wakes whoever waits for a change.</summary>
    public void Wake()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>What has come of it; null while some of it has not ended.</summary>
    public JobEnd? End()
    {
        var parts = Parts;
        if (parts.Count == 0 || !parts.All(job => job.HasEnded))
            return null;
        var state = parts.Any(job => job.State is JobState.Failed) ? JobState.Failed
            : parts.Any(job => job.State is JobState.Killed) ? JobState.Killed
            : JobState.Done;
        return new JobEnd(state, parts, IsStopping && parts.Any(job => job.State is JobState.Killed));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
