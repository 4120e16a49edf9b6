using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A watch with files: submits the jobs that are due, and records their results.</summary>
/// <remarks>One loop does all the work. Only events of the folder and results of submissions arrive from other threads.</remarks>
internal sealed class FileWatch : IWatch
{
    private static readonly TimeSpan LongestRetryOnce = TimeSpan.FromSeconds(1);

    private readonly InFlightJobs<(FileId Folder, WorkKey Key)> _jobs;
    private readonly AsyncSignal _signal = new();
    private readonly WatchedFolder _folder;
    private readonly StatusWriter _status;
    private readonly MoveRunner _moves;
    private readonly ChangeReporter _changes;
    private readonly IoFaultReporter _ioFaults;
    private readonly TimeSpan _onceTimeout;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly WorkInFlight _inFlight = new();

    // Work that cannot be submitted until the folder is read again; with once, ever.
    private readonly HashSet<WorkKey> _setAside = [];

    // With once, the work that has failed: it is not run again, but may be moved, or have a next step.
    private readonly HashSet<WorkKey> _failedOnce = [];
    private RoundCounter _rounds;
    private LoopGuard _guard;
    private long _lastRetry;
    private WatchSettings? _next;

    /// <summary>Makes a watch.</summary>
    /// <param name="settings">Settings with globs.</param>
    /// <param name="submitter">Runs the jobs.</param>
    /// <param name="inotify">Reports the changes of the folder.</param>
    /// <param name="isOnce">Whether it ends when nothing more is due.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    public FileWatch(WatchSettings settings, JobSubmitter submitter, Inotify inotify, bool isOnce, TimeProvider time, ILogger log)
    {
        (Settings, _isOnce, _time, _log) = (settings, isOnce, time, log);
        _rounds = new RoundCounter(settings.Count);
        _jobs = new InFlightJobs<(FileId Folder, WorkKey Key)>(submitter, _signal.Set, log);
        _ioFaults = new IoFaultReporter(settings.Path!, log);
        _onceTimeout = submitter.OnceTimeout;
        _folder = new WatchedFolder(settings, inotify, _signal.Set, _ioFaults, isOnce, time, log);
        _status = new StatusWriter(settings, _folder, _ioFaults, time, log);
        _moves = new MoveRunner(settings.Path!, _folder, log);
        _changes = new ChangeReporter(settings, log);
        _guard = new LoopGuard(settings, time, log);
    }

    /// <inheritdoc/>
    public WatchSettings Settings { get; private set; }

    /// <inheritdoc/>
    public int Failures { get; private set; }

    private TimeSpan RetryPause => _isOnce && Settings.Refresh > LongestRetryOnce ? LongestRetryOnce : Settings.Refresh;

    private long Now => FileTime.Of(_time.GetUtcNow());

    /// <inheritdoc/>
    public bool TryReconfigure(WatchSettings settings)
    {
        if (settings.IsContinuous
            || settings.Path != Settings.Path
            || settings.StatusPath != Settings.StatusPath
            || settings.IsUpdated != Settings.IsUpdated
            || settings.Skips.Count > 0 != Settings.Skips.Count > 0)
            return false;
        Volatile.Write(ref _next, settings);
        _signal.Set();
        return true;
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Reconfigure();
                Record();
                if (_rounds.IsComplete && !_isOnce)
                    return;
                var plan = Refresh() ? Submit() : null;
                if (_isOnce && _jobs.Count == 0 && _folder.UntilQuiet is null)
                    return;
                await _signal.WaitAsync(Pause(plan), _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
        finally
        {
            _folder.Unsubscribe();
        }
    }

    /// <inheritdoc/>
    public async Task KillJobsAsync(CancellationToken giveUp)
    {
        try
        {
            await _jobs.KillAsync(_ => true, giveUp);
            await _jobs.EndedAsync(giveUp);
            Record(isLast: true);
            await _jobs.WhenAcknowledgedAsync(giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            _log.Warning("{Count} jobs could not be stopped in time; the next start resumes them", _jobs.Count);
            Record(isLast: true);
        }
    }

    /// <inheritdoc/>
    public Task WhenDrainedAsync(CancellationToken giveUp) => _jobs.WhenAcknowledgedAsync(giveUp);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _inFlight.Dispose();
    }

    private void Reconfigure()
    {
        if (Interlocked.Exchange(ref _next, null) is not { } settings)
            return;
        Settings = settings;
        _folder.Reconfigure(settings);
        _status.Reconfigure(settings);
        _rounds = _rounds.WithLimit(settings.Count);
        _guard = new LoopGuard(settings, _time, _log);
    }

    private void Record(bool isLast = false)
    {
        var isRetry = _jobs.HasHeld && (isLast || _time.GetElapsedTime(_lastRetry) >= RetryPause);
        if (isRetry)
            _lastRetry = _time.GetTimestamp();
        foreach (var ended in _jobs.TakeAll(isRetry))
        {
            var (folder, key) = ended.Key;
            if (ended.End is { WasStopped: false } end && !TryRecord(folder, ended.Submission, end))
            {
                if (!TryHold(ended))
                    Abandon(ended);
                continue;
            }

            if (ended.End is null)
            {
                Failures++;
                _ = _setAside.Add(key);
            }

            _inFlight.Remove(folder, key);
            _rounds.AddEnd(ended.End is { State: JobState.Done });
        }

        if (_inFlight.IsEmpty && _rounds.EndRound() && Settings.Count is { } count)
            _log.Information("round {Round} of {Count} is done", _rounds.Good, count);
    }

    // False when the result is given up: with once, in bounded time.
    private bool TryHold(CompletedSubmission<(FileId Folder, WorkKey Key)> ended)
    {
        if (!_jobs.HasHeld)
            _lastRetry = _time.GetTimestamp();
        if (_isOnce && ended.HeldSince is { } since && _time.GetElapsedTime(since) >= _onceTimeout)
            return false;

        _jobs.Hold(ended with { HeldSince = ended.HeldSince ?? _time.GetTimestamp() });
        return true;
    }

    // The box keeps a result that cannot be recorded: its job has no tag, so that the next round resumes it.
    private void Abandon(CompletedSubmission<(FileId Folder, WorkKey Key)> ended)
    {
        var (folder, key) = ended.Key;
        _log.Error(
            "the result of job {Job} for {File} is not recorded after {Timeout} s (client.timeout); the box has it for the next round",
            ended.Submission.Id,
            key.FileName,
            _onceTimeout.TotalSeconds);
        Failures++;
        _ = _setAside.Add(key);
        _inFlight.Remove(folder, key);
        _rounds.AddEnd(isGood: false);
    }

    private bool TryRecord(FileId folder, Submission submission, JobEnd end)
    {
        var work = submission.Work;
        var isPresent = folder == _folder.Id;
        if (_inFlight.IsDeleted(folder))
            _log.Warning("the folder of {File} was deleted; the result of job {Job} is not recorded", work.FileName, submission.Id);
        else if (!_status.TryRecord(_inFlight.StatusPathOf(folder), isPresent, submission, end))
            return false;

        if (isPresent)
            _folder.ClearFinished(work.FileName!);
        _guard.AddEnd(work);
        _changes.AddEnd(work, isPresent);
        if (end.State is JobState.Done)
        {
            _log.Information("job {Job} for {File} is done", submission.Id, work.FileName);
        }
        else
        {
            _log.Warning(
                "job {Job} for {File} is {State}: {Reason}", submission.Id, work.FileName, JobStates.Word(end.State), end.Reason);
            Failures++;
            if (_isOnce)
                _ = _failedOnce.Add(work.Key);
        }

        _jobs.Acknowledge(submission, end);
        return true;
    }

    private bool Refresh()
    {
        var refresh = _folder.Refresh();
        _changes.AddWritten(_folder.Written, _folder.Status, _status.WrittenAt);
        if (refresh is FolderRefresh.Failed)
        {
            Failures++;
            return false;
        }

        foreach (var name in _folder.TakeReturned())
            ForgetFormer(name);
        if (refresh is FolderRefresh.Scanned)
        {
            if (!_isOnce)
                _setAside.Clear();
            _folder.KeepGone(IsKnown);
            _status.Clean(_inFlight.Of(_folder.Id));
            Failures += _moves.Resume(Settings);
        }

        return true;
    }

    // A file that was removed and is there again is another one. Its former results do not count for it.
    private void ForgetFormer(string name)
    {
        if (Settings.Cleanup == TimeSpan.Zero || FileKind.FactsOf(Path.Join(Settings.Path, name), isFollowed: false) is not { } facts)
            return;
        if (!_status.TryForget(name, facts.ChangeTime))
            return;
        _folder.ClearFinished(name);
        _log.Information("{File} was removed and is there again: it is processed as a new file", name);
    }

    private bool IsKnown(string file) =>
        Settings.WorkOf(file).Any(key => _folder.Status[key].States is not 0 || _inFlight.Of(_folder.Id).Contains(key));

    private Plan? Submit()
    {
        var inFlight = _inFlight.Of(_folder.Id);
        var skipped = _setAside.Count == 0 ? inFlight : new HashSet<WorkKey>([.. inFlight, .. _setAside]);
        var plan = _folder.Plan(skipped, Now);
        _folder.MarkFinished(plan);

        // After a fault of the folder, results come first.
        if (_jobs.HasHeld && _ioFaults.HasAny)
            return null;
        if (!_status.TryPrepare(plan) || _ioFaults.HasAny)
        {
            Failures++;
            return null;
        }

        Failures += _moves.Move(Settings, plan);
        foreach (var work in _guard.ReadyOf(plan.Due.Where(work => !_failedOnce.Contains(work.Key)), _folder.Status))
        {
            if (!CanStart(work) || !TryStart(_folder.Id!.Value, work))
            {
                Failures++;
                _ = _setAside.Add(work.Key);
                continue;
            }

            _guard.AddStart(work);
            _changes.AddStart(work);
        }

        return plan;
    }

    private bool TryStart(FileId folder, WorkItem work)
    {
        // Another folder has come since the last read. The next one finds it.
        if (!_inFlight.TryAdd(Settings.Path!, folder, work.Key, Settings.StatusPath is null ? null : _folder.StatusPath))
            return false;
        foreach (var other in _inFlight.OthersWith(work.Key, folder))
            _jobs.Separate((other, work.Key));
        if (_jobs.TryStart((folder, work.Key), Settings, work))
            return true;
        _inFlight.Remove(folder, work.Key);
        return false;
    }

    private bool CanStart(WorkItem work)
    {
        if (!_status.CanRecord(work.Key))
            return false;
        if (!_status.CanStand(work.Key))
            return _jobs.LogOnce($"{work.FileName}: the name is too long for the names of its status files", work);
        return WrongNames.Of(Settings.Path!, work.FileName!) is not { } names || File.Exists(Path.Join(Settings.Path, work.FileName))
            || _jobs.LogOnce($"not UTF-8, which JSON cannot carry: {names}", work);
    }

    private TimeSpan Pause(Plan? plan)
    {
        var untilRead = _folder.UntilScan;
        var untilDue = plan?.NextDue is { } due && !_isOnce
            ? TimeSpan.FromTicks(Math.Max(due - Now, TimeSpan.TicksPerMillisecond))
            : untilRead;
        var untilRetry = (_ioFaults.HasAny || _jobs.HasHeld) && RetryPause < untilRead ? RetryPause : untilRead;
        var least = new[] { untilDue, untilRetry, _folder.UntilQuiet ?? untilRead, _guard.UntilReady ?? untilRead }.Min();
        return least > TimeSpan.Zero ? least : TimeSpan.FromMilliseconds(1);
    }
}
