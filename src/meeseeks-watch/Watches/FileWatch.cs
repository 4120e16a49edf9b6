using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A watch with files: reads its folder, plans its work, and waits for changes.</summary>
/// <remarks>One loop does all the work. Only events of the folder and results of submissions arrive from other threads.</remarks>
internal sealed class FileWatch : IWatch
{
    private readonly AsyncSignal _signal = new();
    private readonly WatchedFolder _folder;
    private readonly FolderLocks _locks;
    private readonly FileJobs _jobs;
    private readonly StatusWriter _status;
    private readonly MoveRunner _moves;
    private readonly ChangeReporter _changes;
    private readonly SetReporter _sets;
    private readonly ArrivalReporter _arrivals;
    private readonly LoopRequests _requests;
    private readonly IoFaultReporter _ioFaults;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _failures;
    private WatchSettings? _next;

    /// <summary>Makes a watch.</summary>
    /// <param name="settings">Settings with globs.</param>
    /// <param name="submitter">Runs the jobs.</param>
    /// <param name="inotify">Reports the changes of the folder.</param>
    /// <param name="isOnce">Whether it ends when nothing more is due.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    /// <param name="former">The watch whose jobs it goes on with, which has ended; null for none.</param>
    public FileWatch(
        WatchSettings settings,
        JobSubmitter submitter,
        IFolderEvents inotify,
        bool isOnce,
        TimeProvider time,
        ILogger log,
        FileWatch? former = null)
    {
        (Settings, _isOnce, _time, _log) = (settings, isOnce, time, log);
        _ioFaults = new IoFaultReporter(settings.Path!, log);
        _folder = new WatchedFolder(settings, inotify, _signal.Set, _ioFaults, isOnce, time, log, former?.OpenFilesOf(settings));
        _locks = former?._locks.PassOn(settings, ReadAgain, log)
            ?? new FolderLocks(settings, submitter.Watcher, ReadAgain, isOnce, time, log);
        _status = new StatusWriter(settings, _folder, _ioFaults, time, log);
        _moves = new MoveRunner(settings.Path!, _folder, time, log);
        _changes = new ChangeReporter(settings, _folder.IdOf, log);
        _sets = former?._sets ?? new SetReporter(log);
        _arrivals = new ArrivalReporter(settings, submitter, _folder, _signal.Set, isOnce, time, log);
        _requests = new LoopRequests(_signal.Set);
        _jobs = former?._jobs.PassOn(settings, _folder, _status, _changes, _signal.Set, log)
            ?? new FileJobs(settings, submitter, _folder, _status, _changes, _signal.Set, isOnce, time, log);
    }

    /// <inheritdoc/>
    public WatchSettings Settings { get; private set; }

    /// <inheritdoc/>
    public int JobCount => _jobs.Count;

    /// <inheritdoc/>
    public int Failures => _failures + _jobs.Failures + _arrivals.Failures;

    private long Now => FileTime.Of(_time.GetUtcNow());

    /// <inheritdoc/>
    public bool TryReconfigure(WatchSettings settings)
    {
        if (settings.IsContinuous
            || (settings.Path, settings.StatusPath, settings.HasAttributes) != (Settings.Path, Settings.StatusPath, Settings.HasAttributes))
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
                _jobs.Record();
                if (_jobs.IsComplete && !_isOnce)
                    return;
                _locks.Release(_jobs.HasWorkOf);
                var isHeld = _locks.TryHold();
                if (!isHeld && _isOnce)
                    _failures++;
                var plan = isHeld && Refresh() ? Submit() : null;
                if (isHeld)
                    _arrivals.Check();
                _requests.Answer();
                if (_isOnce && _jobs.Count + _arrivals.Count == 0 && _folder.UntilQuiet is null && plan is not { IsLimited: true })
                {
                    _folder.ReportOpenFiles();
                    return;
                }

                await _signal.WaitAsync(isHeld ? Pause(plan) : FolderLocks.Pause, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
        finally
        {
            _folder.Unsubscribe();
            _arrivals.Save();
            if (_jobs.Count == 0)
                _locks.Dispose();
        }
    }

    /// <inheritdoc/>
    public Task<WatchStatus> StatusAsync() =>
        _requests.AskAsync(new FileWatchInspector(Settings, _folder, _jobs, _status, _moves, _arrivals, _locks, _ioFaults, _time).Status);

    /// <inheritdoc/>
    public async Task<AgainResult> RunAgainAsync(IReadOnlyList<string> files, int index)
    {
        // Before the box has marked a job as recorded, another submit would resume it.
        await _jobs.WhenAcknowledgedAsync(CancellationToken.None);
        return await _requests.AskAsync(() =>
        {
            _signal.Set();
            return new AgainRunner(Settings, _folder, _jobs, _status, _locks, Now, _log).Run(files, index);
        });
    }

    /// <inheritdoc/>
    public Task KillJobsAsync(CancellationToken giveUp) => Task.WhenAll(_jobs.KillAsync(giveUp), _arrivals.KillAsync(giveUp));

    /// <summary>Leaves the job of <c>on_late</c> to the watch that takes the place of this one.</summary>
    public ValueTask EndArrivalsAsync() => _arrivals.DisposeAsync();

    /// <inheritdoc/>
    public Task WhenDrainedAsync(CancellationToken giveUp) =>
        Task.WhenAll(_jobs.WhenAcknowledgedAsync(giveUp), _arrivals.WhenAcknowledgedAsync(giveUp));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _arrivals.DisposeAsync();
        await _jobs.DisposeAsync();
        _locks.Dispose();
    }

    private void Reconfigure()
    {
        if (Interlocked.Exchange(ref _next, null) is not { } settings)
            return;
        Settings = settings;
        _locks.Reconfigure(settings);
        _folder.Reconfigure(settings);
        _status.Reconfigure(settings);
        _jobs.Reconfigure(settings);
        _changes.Reconfigure(settings);
        _arrivals.Reconfigure(settings);
    }

    // What is known of the folder may be outdated.
    private void ReadAgain()
    {
        _folder.ReadAgain();
        _arrivals.Restart();
    }

    private OpenFileTracker? OpenFilesOf(WatchSettings settings) => settings.Path == Settings.Path ? _folder.OpenFiles : null;

    private bool Refresh()
    {
        var refresh = _folder.Refresh();
        if (refresh is FolderRefresh.Failed)
        {
            _failures++;
            return false;
        }

        // Another folder has come since the lock. The next turn locks it.
        if (!_locks.IsOf(_folder.Id))
        {
            _folder.ReadAgain();
            _signal.Set();
            return false;
        }

        _folder.Removed.ForgetReturned(Settings, _folder, _status);
        var submitted = _jobs.Submitted;
        var others = _changes.Report(_folder.Written, _folder.Status, _status.WrittenAt);
        foreach (var (key, mtime) in others.Where(other => !submitted.Contains(other.Key)))
            _status.NoteOther(key, mtime);
        if (refresh is FolderRefresh.Scanned)
        {
            _jobs.RetrySetAside();
            _folder.Removed.ForgetUnknown(Settings, _folder, submitted);
            _status.Clean(submitted);
            _failures += _moves.Resume(Settings);
            _arrivals.Scanned();
        }

        return true;
    }

    private Plan? Submit()
    {
        var plan = _folder.Plan(_jobs.Skipped, _jobs.Limit, Now);
        _folder.MarkFinished(plan);
        _sets.Report(Settings, plan, Now);
        _arrivals.AddFiles(plan);

        // After a fault of the folder, results come first.
        if (_jobs.HasHeld && _ioFaults.HasAny)
            return null;
        if (!_status.TryPrepare(plan) || _ioFaults.HasAny)
        {
            _failures++;
            return null;
        }

        _failures += _moves.Move(Settings, plan);
        var failures = _jobs.Failures;
        _jobs.Start(plan.Due);

        // Others take the places of those that cannot be submitted.
        if (plan.IsLimited && (_status.RefusesMore || _jobs.Failures > failures))
            _signal.Set();
        return plan;
    }

    private TimeSpan Pause(Plan? plan)
    {
        var untilRead = _folder.UntilScan;
        var untilDue = plan?.NextDue is { } due && !_isOnce
            ? TimeSpan.FromTicks(Math.Max(due - Now, TimeSpan.TicksPerMillisecond))
            : untilRead;
        var untilRetry = (_ioFaults.HasAny || _jobs.HasHeld) && _jobs.RetryPause < untilRead ? _jobs.RetryPause : untilRead;
        var others = new[] { _folder.UntilQuiet, _jobs.UntilReady, _arrivals.UntilLate }.Select(until => until ?? untilRead);
        var least = others.Append(untilDue).Append(untilRetry).Min();
        return least > TimeSpan.Zero ? least : TimeSpan.FromMilliseconds(1);
    }
}
