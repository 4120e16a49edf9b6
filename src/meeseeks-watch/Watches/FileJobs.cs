using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The jobs for the files of one watch: submits them, and records their results.</summary>
/// <remarks>It belongs to the loop of the watch. Only the ends of submissions arrive from other threads.</remarks>
internal sealed class FileJobs : IAsyncDisposable
{
    // Each one costs memory here and in the box. Files that wait cost none.
    private const int MostOfJobspec = 10_000;

    private readonly InFlightJobs<(FileId Folder, WorkKey Key)> _jobs;
    private readonly WorkInFlight _inFlight = new();
    private WatchedFolder _folder;
    private StatusWriter _status;
    private ChangeReporter _changes;
    private readonly SetAsideWork _aside;
    private readonly RecordRetries _retries;
    private readonly TimeProvider _time;
    private ILogger _log;
    private WatchSettings _settings;
    private RoundCounter _rounds;
    private LoopGuard _guard;

    /// <summary>Makes it, without jobs.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="submitter">Runs the jobs.</param>
    /// <param name="folder">The folder of the watch.</param>
    /// <param name="status">Writes the results.</param>
    /// <param name="changes">Reports files that change while their jobs run.</param>
    /// <param name="wake">Wakes the watch when a job has ended.</param>
    /// <param name="isOnce">Whether the watch ends when nothing more is due.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    public FileJobs(
        WatchSettings settings,
        JobSubmitter submitter,
        WatchedFolder folder,
        StatusWriter status,
        ChangeReporter changes,
        Action wake,
        bool isOnce,
        TimeProvider time,
        ILogger log)
    {
        (_settings, _folder, _status, _changes, _time, _log) = (settings, folder, status, changes, time, log);
        _jobs = new InFlightJobs<(FileId Folder, WorkKey Key)>(submitter, wake, log);
        (_aside, _retries) = (new SetAsideWork(isOnce), new RecordRetries(isOnce ? submitter.OnceTimeout : null));
        _rounds = new RoundCounter(settings.Count);
        _guard = new LoopGuard(settings, FolderOf, time, log);
    }

    /// <summary>The number of jobs that failed or could not be submitted.</summary>
    public int Failures { get; private set; }

    /// <summary>The number of jobs without a recorded result.</summary>
    public int Count => _jobs.Count;

    /// <summary>Whether results wait that could not be recorded.</summary>
    public bool HasHeld => _jobs.HasHeld;

    /// <summary>Whether the watch has had all its good rounds (<c>count</c>).</summary>
    public bool IsComplete => _rounds.IsComplete;

    /// <summary>The pause between two attempts to record results.</summary>
    public TimeSpan RetryPause => _retries.PauseOf(_settings.Refresh);

    /// <summary>The time until more work is ready that was held back; null when there is none.</summary>
    public TimeSpan? UntilReady => _guard.UntilReady;

    /// <summary>The work for files of the present folder that is submitted.</summary>
    public IReadOnlySet<WorkKey> Submitted => _inFlight.Of(_folder.Folders);

    /// <summary>Whether results for files of a watched folder are not recorded yet.</summary>
    public bool HasWorkOf(FileId watched) => _inFlight.HasWorkOf(watched);

    /// <summary>The work for files of the present folder that is submitted, or cannot be.</summary>
    public IReadOnlySet<WorkKey> Skipped => _aside.With(Submitted);

    /// <summary>Limits the jobs of a jobspec. Work that cannot be submitted does not keep others from it.</summary>
    public JobLimit Limit => new(
        MostOfJobspec,
        key => _aside.IsRefused(key) || _aside.HasFailed(key) || _status.IsRefused(RelativePath.FolderOf(key.FileName)),
        _inFlight.CountOf);

    /// <summary>Passes the jobs on to the watch that goes on in the place of this one.</summary>
    /// <remarks>Jobs for files of another folder stay with that, as when another folder takes its place.</remarks>
    public FileJobs PassOn(
        WatchSettings settings, WatchedFolder folder, StatusWriter status, ChangeReporter changes, Action wake, ILogger log)
    {
        if (settings.Path == _settings.Path && settings.StatusPath != _settings.StatusPath && _folder.Id is { } id)
            _inFlight.SetStatusPath(id, settings.StatusPath is null ? null : folder.StatusPath);
        (_folder, _status, _changes, _log) = (folder, status, changes, log);
        _jobs.PassOn(wake, log);
        Reconfigure(settings);
        return this;
    }

    /// <summary>Replaces the settings.</summary>
    public void Reconfigure(WatchSettings settings)
    {
        _settings = settings;
        _rounds = _rounds.WithLimit(settings.Count);
        _guard = new LoopGuard(settings, FolderOf, _time, _log);
    }

    /// <summary>Lets work be submitted that could not be before the folder was read again.</summary>
    public void RetrySetAside() => _aside.Retry();

    /// <summary>Why work that is due cannot be submitted at present; null when nothing is known that prevents it.</summary>
    public string? ProblemOf(WorkItem work) => _status.ProblemOf(work.Key) ?? _jobs.ProblemOf(_settings, work, FolderOf(work.Key));

    /// <summary>The id of the job of work for a file of the present folder; null when none is submitted.</summary>
    public string? IdOf(WorkKey key) =>
        FolderOf(key) is { } folder ? _jobs.IdOf((folder, key)) : null;

    /// <summary>What keeps work from being submitted, as sentences.</summary>
    public IEnumerable<string> Faults =>
        _aside.RefusedCount > 0 ? [$"jobs that cannot be submitted: {_aside.RefusedCount}; the log says why"] : [];

    /// <summary>Whether work waits for the next read of the folder, because it could not be submitted.</summary>
    public bool IsSetAside(WorkKey key) => _aside.IsRefused(key);

    /// <summary>Lets work be submitted at once, because a person wants it.</summary>
    public void Release(WorkKey key)
    {
        _aside.Release(key);
        _guard.Release(key);
    }

    /// <summary>Submits work that is due.</summary>
    public void Start(IEnumerable<WorkItem> due)
    {
        foreach (var work in _guard.ReadyOf(due.Where(work => !_aside.HasFailed(work.Key)), _folder.Status))
        {
            if (!CanStart(work) || !TryStart(work))
            {
                SetAside(work.Key);
                continue;
            }

            _guard.AddStart(work);
            if (FolderOf(work.Key) is { } folder)
                _changes.AddStart(folder, _inFlight.PathOf(folder), work.Key);
        }
    }

    /// <summary>Records the results of jobs that have ended.</summary>
    /// <param name="isLast">Whether to try those again at once that could not be recorded.</param>
    public void Record(bool isLast = false)
    {
        var isRetry = _jobs.HasHeld && (isLast || _retries.IsDue(_settings.Refresh, Ticks));
        if (isRetry)
            _retries.Begin(Ticks);
        var recorded = new List<CompletedSubmission<(FileId Folder, WorkKey Key)>>();
        foreach (var ended in _jobs.TakeAll(isRetry))
        {
            if (ended.End is { WasStopped: false } end && !TryRecord(ended.Key.Folder, ended.Submission, end))
            {
                if (!TryHold(ended))
                    Abandon(ended);
                continue;
            }

            if (ended.End is null)
                SetAside(ended.Key.Key);
            recorded.Add(ended);
        }

        Acknowledge(recorded);

        if (_inFlight.IsEmpty && _rounds.EndRound() && _settings.Count is { } count)
            _log.Information("round {Round} of {Count} is done", _rounds.Good, count);
    }

    /// <summary>Kills all jobs, and records the results.</summary>
    public async Task KillAsync(CancellationToken giveUp)
    {
        if (await _jobs.TryKillAllAsync(() => Record(isLast: true), giveUp))
            return;
        _log.Warning("jobs not stopped in time: {Count}; the next start resumes them", _jobs.Count);
        Record(isLast: true);
    }

    /// <summary>Waits until the box has acknowledged all recorded results.</summary>
    public Task WhenAcknowledgedAsync(CancellationToken giveUp) => _jobs.WhenAcknowledgedAsync(giveUp);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _inFlight.Dispose();
    }

    private long Ticks => _time.MonotonicTicks();

    private FileId? FolderOf(WorkKey key) => _folder.IdOf(RelativePath.FolderOf(key.FileName));

    private bool CanStart(WorkItem work)
    {
        if (!_status.CanRecord(work.Key))
            return false;
        return _status.CanStand(work.Key)
            || _jobs.LogOnce(StatusWriter.TooLong, work, isOfFile: true);
    }

    private bool TryStart(WorkItem work)
    {
        // Another folder has come since the last read. The next one finds it.
        var statusPath = _settings.StatusPath is null ? null : _folder.StatusPath;
        if (FolderOf(work.Key) is not { } folder)
            return false;
        if (!_inFlight.TryAdd(_settings.Path!, _folder.Id!.Value, folder, work, statusPath, out var problem))
            return problem is not null && _jobs.LogOnce($"its job waits for the next scan: its folder cannot be held: {problem}", work);
        if (_jobs.TryStart((folder, work.Key), _settings, work, folder))
            return true;
        _inFlight.Remove(folder, work);
        return false;
    }

    private bool TryRecord(FileId folder, Submission submission, JobEnd end)
    {
        var former = RelativePath.FolderOf(submission.Work.FileName!);
        var place = ResultPlace.Of(
            submission.Work, _folder.PathOf(folder, former), _inFlight.IsDeleted(folder), areElsewhere: _settings.StatusPath is not null);
        if (place.Loss is { } loss)
            _log.Warning("the folder of {File} {Loss}; the result of job {Job} is not recorded", place.Work.FileName, loss, submission.Id);
        else if (!_status.TryRecord(_inFlight.StatusPathOf(folder), place, submission, end))
            return false;

        var work = place.Work;
        if (place.IsPresent)
            _folder.ClearFinished(work.FileName!);
        _guard.AddEnd(work, folder, end.State is JobState.Failed ? Math.Max(_folder.Status[work.Key].Failures, 1) : 0);
        _changes.AddEnd(folder, _inFlight.PathOf(folder), submission.Work.Key, place.IsPresent ? work.Key : null);
        if (end.State is JobState.Done)
        {
            _log.Information("job {Job} for {File} is done", submission.Id, work.FileName);
        }
        else
        {
            _log.Warning(
                "job {Job} for {File} is {State}: {Reason}", submission.Id, work.FileName, JobStates.Word(end.State), end.Reason);
            Failures++;
            _aside.AddFailure(work.Key);
        }

        return true;
    }

    // A job that is acknowledged runs again when its result is lost. So that is on disk before, and its folder is held until then.
    private void Acknowledge(List<CompletedSubmission<(FileId Folder, WorkKey Key)>> recorded)
    {
        var isOnDisk = _status.TryFlush();
        foreach (var ended in recorded)
        {
            if (isOnDisk && ended.End is { WasStopped: false } end)
                _jobs.Acknowledge(ended.Submission, end);
            Remove(ended, isGood: ended.End is { State: JobState.Done });
        }
    }

    // False when the result is given up: with once, in bounded time.
    private bool TryHold(CompletedSubmission<(FileId Folder, WorkKey Key)> ended)
    {
        if (!_jobs.HasHeld)
            _retries.Begin(Ticks);
        if (_retries.IsGivenUp(ended.HeldSince, Ticks))
            return false;

        _jobs.Hold(ended with { HeldSince = ended.HeldSince ?? Ticks });
        return true;
    }

    // The box keeps a result that cannot be recorded: its job has no tag, so that the next round resumes it.
    private void Abandon(CompletedSubmission<(FileId Folder, WorkKey Key)> ended)
    {
        _log.Error(
            "the result of job {Job} for {File} is not recorded after {Timeout} s (client.timeout); the box has it for the next round",
            ended.Submission.Id,
            ended.Submission.Work.FileName,
            _retries.Limit?.TotalSeconds);
        SetAside(ended.Key.Key);
        Remove(ended, isGood: false);
    }

    private void SetAside(WorkKey key)
    {
        Failures++;
        _aside.Add(key);
    }

    private void Remove(CompletedSubmission<(FileId Folder, WorkKey Key)> ended, bool isGood)
    {
        _inFlight.Remove(ended.Key.Folder, ended.Submission.Work);
        _rounds.AddEnd(isGood);
    }
}
