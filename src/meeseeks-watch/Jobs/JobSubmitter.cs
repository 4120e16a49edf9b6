using System.Collections.Concurrent;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Submits work to the box and follows its jobs until they end.</summary>
/// <remarks>
/// A submit that finds a job of an earlier instance resumes it. Therefore each work item runs once, whenever the watcher ends.
/// </remarks>
internal sealed class JobSubmitter : IDisposable
{
    private readonly IBoxClient _client;
    private readonly ILogger _log;
    private readonly LegacyBox _legacy;
    private readonly RunningSubmissions _submissions;
    private readonly JobFollower _follower;
    private readonly BoxJobs _jobs;
    private readonly ConcurrentDictionary<string, bool> _warnings = [];

    /// <summary>Creates a submitter.</summary>
    /// <param name="client">The connection to the box.</param>
    /// <param name="watcher">The name of this watcher.</param>
    /// <param name="refresh">The interval of polls at a legacy box.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log.</param>
    public JobSubmitter(IBoxClient client, string watcher, TimeSpan refresh, TimeProvider time, ILogger log)
    {
        (_client, Watcher, _log) = (client, watcher, log);
        _legacy = new LegacyBox(client);
        _jobs = new BoxJobs(client);
        _submissions = new RunningSubmissions(time);
        _follower = new JobFollower(client, watcher, refresh, _submissions, time, log);
    }

    /// <summary>The name of this watcher.</summary>
    public string Watcher { get; }

    /// <summary>How long a round of <c>once</c> waits for a box or a folder that fails; infinite outside of it.</summary>
    public TimeSpan OnceTimeout => _client.Timeout;

    /// <summary>Why the box cannot be reached; null while it can be, as far as is known.</summary>
    public string? BoxFault => _client.Fault;

    /// <summary>Passes the changes of jobs on to their submissions, until cancellation.</summary>
    public Task FollowAllAsync(CancellationToken stop) => _follower.RunAsync(stop);

    /// <summary>Runs a submission to its end.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="log">The log of its watch.</param>
    /// <param name="stop">Cancels the wait. Submitted jobs continue.</param>
    /// <exception cref="MeeseeksRequestException">The box rejects the job.</exception>
    /// <exception cref="MeeseeksConnectionException">The box was not reached in time.</exception>
    public async Task<JobEnd> RunAsync(Submission submission, ILogger log, CancellationToken stop)
    {
        await _follower.ListedAsync(submission.Tag, stop);
        await AdoptFormerAsync(submission, stop);
        submission.BeginAt(await FirstAttemptAsync(submission, stop));
        while (true)
        {
            if (submission.IsStopping)
                return new JobEnd(JobState.Killed, [], WasStopped: true);

            // Registered before the submit: an update of the job may arrive before the response.
            submission.Begin();
            var id = _submissions.Add(submission);
            JobEnd? end;
            try
            {
                if (!await TrySubmitAsync(submission, log, stop))
                {
                    _submissions.NoteAttempt(submission.FirstId, submission.Attempt);
                    submission.BeginAt(await AttemptBesidesAsync(submission, stop));
                    continue;
                }

                // A stop before the response did not find the job.
                if (submission.IsStopping)
                    await _jobs.StopAsync(submission.Parts, stop);
                end = await FollowAsync(submission, stop);
            }
            finally
            {
                _submissions.Remove(id);
            }

            if (end is { WasStopped: true } && !submission.IsStopping)
            {
                _log.Information("job {Job} was stopped by another watcher and is submitted again", submission.Id);
                submission.BeginNextAttempt();
                continue;
            }

            if (end is not null)
                return end;
            if (submission.IsOld)
            {
                await _jobs.MarkAsync(submission.Parts.Where(job => !JobTags.IsConsumed(job)), JobTags.WithRecorded, stop);
                submission.BeginNextAttempt();
            }
        }
    }

    /// <summary>Tags the jobs of a submission as recorded.</summary>
    /// <remarks>Another submit of the same work then starts a new attempt.</remarks>
    public Task AcknowledgeAsync(Submission submission, JobEnd end, CancellationToken stop)
    {
        if (end.State is JobState.Done && submission.Work.FileName is not null)
            _submissions.ForgetAttempts(submission);
        else
            _submissions.NoteAttempt(submission.FirstId, submission.Attempt + 1);
        return _jobs.MarkAsync(end.Jobs, JobTags.WithRecorded, stop);
    }

    /// <summary>Kills the live jobs of a submission and tags them as stopped.</summary>
    /// <remarks>The next instance of the watcher runs them again.</remarks>
    public async Task StopAsync(Submission submission, CancellationToken stop)
    {
        submission.IsStopping = true;
        submission.Wake();
        await _jobs.StopAsync(submission.Parts, stop);
        _follower.PollNow();
    }

    /// <inheritdoc/>
    public void Dispose() => _jobs.Dispose();

    // A watch that had another name resumes the jobs that it has under that.
    private async Task AdoptFormerAsync(Submission submission, CancellationToken stop)
    {
        foreach (var former in submission.Formers)
        {
            var firstId = former.IdOf(0);
            if (firstId == submission.FirstId)
                continue;
            await _follower.ListedAsync(former.Tag, stop);
            if (!_submissions.WasListed(firstId, submission.IsSpread))
                continue;
            var id = former.IdOf(_submissions.LatestAttempt(firstId));
            if (!IsResumable(submission, await _jobs.FindAsync(id, submission.IsSpread, stop)))
                continue;
            submission.Adopt(former);
            return;
        }
    }

    // Whether the results of the jobs with an id are for this submission.
    private static bool IsResumable(Submission submission, IReadOnlyList<Job> jobs) =>
        jobs.Count > 0 && !jobs.Any(job => JobTags.IsConsumed(job) || submission.IsOther(job));

    // An id of a jobspec may be that of other work, too.
    private async Task<int> FirstAttemptAsync(Submission submission, CancellationToken stop) =>
        submission.WorkTag is not null && _submissions.WasListed(submission.FirstId, submission.IsSpread)
            ? await AttemptBesidesAsync(submission, stop)
            : _submissions.LatestAttempt(submission);

    // The attempt that has the job of this work; else the first one that no job has.
    private async Task<int> AttemptBesidesAsync(Submission submission, CancellationToken stop)
    {
        var free = _submissions.LatestAttempt(submission);
        for (var attempt = free; attempt >= 0; attempt--)
        {
            var jobs = await _jobs.FindAsync(submission.IdOf(attempt), submission.IsSpread, stop);
            if (IsResumable(submission, jobs))
                return attempt;
            if (attempt == free && jobs.Count > 0)
                free++;
        }

        return free;
    }

    // False when the id is that of a job for other work, which goes on.
    private async Task<bool> TrySubmitAsync(Submission submission, ILogger log, CancellationToken stop)
    {
        var (known, made) = (new List<Job>(), new List<Job>());
        var isSpreadHere = submission.IsSpread && _submissions.IsLegacy;
        foreach (var spec in isSpreadHere ? await _legacy.SpreadAsync(submission.Spec(), stop) : [submission.Spec()])
        {
            var result = await _jobs.SubmitAsync(spec, submission.IsSpread && !isSpreadHere, stop);
            known.AddRange(result.Known);
            made.AddRange(result.Made);

            // A warning about the id names a job of an earlier instance, which is resumed. That of a set may have other files.
            var warnings = submission.Work.SetKey is not null && known.Count > 0 ? []
                : result.Response.Warnings.Where(warning => !warning.StartsWith("id: ", StringComparison.Ordinal));
            foreach (var warning in warnings.Where(warning => _warnings.TryAdd(warning, true)))
                _log.Warning("job {Job} accepted with a warning: {Warning}", submission.Id, warning);
        }

        if (known.Any(submission.IsOther))
        {
            log.Information(
                "job {Job} is for other work with that id; the job for {File} gets another one", submission.Id, submission.Work.FileName);
            return false;
        }

        submission.IsOld = known.Any(JobTags.IsConsumed);
        foreach (var job in known.Concat(made))
            _submissions.Take(submission, job);
        if (submission.IsOld)
            return true;
        submission.SetSubmitted();

        // The follower asks for jobs by the name of this watcher.
        await _jobs.MarkAsync(known.Where(job => !JobTags.IsOfWatcher(job, Watcher)), _ => submission.Tags, stop);
        var file = submission.Work.FileName is { } name ? $" for {name}" : "";
        if (known.Count > 0)
            log.Information("job {Job}{File} exists already and is resumed", submission.Id, file);
        else
            log.Information("job {Job} is submitted{File}", submission.Id, file);
        foreach (var other in known.Count == 0 && submission.WorkTag is null ? _submissions.OthersOf(submission) : [])
        {
            log.Information(
                "job {Job} is not for {File} as it is now, but for another version or folder; it goes on, and its result is not recorded",
                other,
                submission.Work.FileName);
        }
        return true;
    }

    // Null when the work must be submitted again.
    private async Task<JobEnd?> FollowAsync(Submission submission, CancellationToken stop)
    {
        var isKilled = false;
        while (true)
        {
            if (submission.Failure is { } failure)
                throw new MeeseeksConnectionException(failure);
            if (submission.End() is { } end)
                return submission.IsOld ? null : end;
            if (submission.IsDoubted)
            {
                _log.Warning("job {Job} is missing in the box and is submitted again", submission.Id);
                return null;
            }

            var parts = submission.Parts;
            if (!isKilled && (submission.IsOld || parts.Any(job => job is { HasEnded: true, Status.State: JobState.Failed })))
            {
                isKilled = true;
                await KillAsync(parts.Where(job => job.IsLive), stop);
            }

            await submission.ChangedAsync(stop);
        }
    }

    private async Task KillAsync(IEnumerable<Job> jobs, CancellationToken stop)
    {
        foreach (var job in jobs)
        {
            _log.Information("job {Job} is killed: another part has failed or is already recorded", job.Id);
            await _jobs.KillAsync(job, stop);
        }
    }
}
