using System.Collections.Concurrent;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The submissions that run, and what the box reports of their jobs. Thread-safe.</summary>
/// <param name="time">The source of the time.</param>
internal sealed class RunningSubmissions(TimeProvider time)
{
    // A legacy box reruns jobs, and passes them on from node to node, once a second.
    private static readonly TimeSpan LongestPauseBeforeRerun = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Submission> _submissions = new(StringComparer.Ordinal);

    // The highest known attempt by the id of the first one, where it is not the first. The box may have dropped an early attempt while
    // a later one runs.
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly DoubtfulEnds _ends = new(LongestPauseBeforeRerun, time);
    private volatile bool _isLegacy;
    private volatile string? _failure;

    // The ids of the first attempts at what the last complete list of the box had.
    private volatile HashSet<string> _listed = [];
    private volatile ILookup<string, string> _listedLive = Enumerable.Empty<string>().ToLookup(id => id);

    /// <summary>Whether the box is a legacy box, which shows the end of a job that it runs again.</summary>
    public bool IsLegacy
    {
        get => _isLegacy;
        set => _isLegacy = value;
    }

    /// <summary>Whether the watcher stops the jobs of a submission.</summary>
    public bool IsAnyStopping => _submissions.Values.Any(submission => submission.IsStopping);

    /// <summary>The ids of all jobs.</summary>
    public HashSet<string> JobIds() =>
        _submissions.Values.SelectMany(submission => submission.Parts).Select(job => job.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Adds a submission.</summary>
    /// <returns>The id under which it is added: that of its attempt.</returns>
    public string Add(Submission submission)
    {
        // An id of a jobspec may be that of other work, too.
        while (!_submissions.TryAdd(submission.Id, submission))
            submission.BeginNextAttempt();
        var id = submission.Id;
        if (_failure is { } problem)
            submission.Fail(problem);
        return id;
    }

    /// <summary>Ends all submissions, those of later, too: no updates of jobs come any more.</summary>
    public void FailAll(string problem)
    {
        _failure = problem;
        foreach (var submission in _submissions.Values)
            submission.Fail(problem);
    }

    /// <summary>Removes a submission.</summary>
    /// <param name="id">The id under which it was added. It may have begun another attempt since.</param>
    public void Remove(string id) => _ = _submissions.TryRemove(id, out _);

    /// <summary>The highest known attempt of a submission.</summary>
    public int LatestAttempt(Submission submission) => LatestAttempt(submission.FirstId);

    /// <summary>The highest known attempt of the work with an id.</summary>
    public int LatestAttempt(string firstId) => _attempts.GetValueOrDefault(firstId);

    /// <summary>Records that an attempt exists.</summary>
    public void NoteAttempt(string firstId, int attempt) =>
        _attempts.AddOrUpdate(firstId, attempt, (_, known) => Math.Max(known, attempt));

    /// <summary>Drops the attempts of a submission that will not run again, unless others with its id have later ones.</summary>
    public void ForgetAttempts(Submission submission) => _ = _attempts.TryRemove(new(submission.FirstId, submission.Attempt));

    /// <summary>Passes the copies of jobs on to their submissions.</summary>
    public void Take(IEnumerable<Job> jobs)
    {
        foreach (var job in jobs)
        {
            var isLater = WorkId.TryParse(job.Id, out var firstId, out var attempt);
            if (isLater)
                NoteAttempt(firstId, attempt);

            // A submit of the id would replace the tag, which another watcher may still have to read.
            if (JobTags.IsStopped(job))
                NoteAttempt(isLater ? firstId : job.Id, isLater ? attempt + 1 : 1);
            if (Find(job.Id) is { } submission)
                Take(submission, job);
        }
    }

    /// <summary>Passes the copy of a job on to its submission.</summary>
    public void Take(Submission submission, Job job)
    {
        if (!_isLegacy || _ends.Counts(job))
            submission.Take(job);
    }

    /// <summary>Whether the last complete list of the box had jobs of an attempt at some work: those of an earlier instance.</summary>
    /// <param name="firstId">The id of its first attempt.</param>
    /// <param name="isSpread">Whether parts of it for single nodes count, too.</param>
    public bool WasListed(string firstId, bool isSpread) =>
        _listed.Contains(firstId) || (isSpread && _listed.Any(other => other.StartsWith(firstId + ".", StringComparison.Ordinal)));

    /// <summary>The live jobs of an earlier instance for another version of the same file, or for one of another folder.</summary>
    public IEnumerable<string> OthersOf(Submission submission) =>
        _listedLive[WorkId.ReadablePart(submission.FirstId)]
            .Where(id => Find(id) is null && !id.StartsWith(submission.FirstId, StringComparison.Ordinal));

    /// <summary>Compares all submissions with a complete list of the box.</summary>
    /// <param name="jobs">All jobs in the box.</param>
    /// <param name="asked">The ids in the request; null for all.</param>
    public void TakeWhole(IReadOnlyCollection<Job> jobs, IReadOnlySet<string>? asked = null)
    {
        var ids = jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        _listed = ids.Select(WorkId.FirstOf).ToHashSet(StringComparer.Ordinal);
        _listedLive = jobs.Where(job => job.IsLive).ToLookup(job => WorkId.ReadablePart(job.Id), job => job.Id, StringComparer.Ordinal);
        foreach (var submission in _submissions.Values)
            submission.TakeWhole(ids, asked);
    }

    // The id of a part is the id of its submission, a dot, and the node's name, which may contain dots.
    private Submission? Find(string id)
    {
        if (_submissions.TryGetValue(id, out var submission))
            return submission;
        for (var end = id.LastIndexOf('.'); end > 0; end = id.LastIndexOf('.', end - 1))
        {
            if (_submissions.TryGetValue(id[..end], out submission) && submission.IsSpread)
                return submission;
        }

        return null;
    }
}
