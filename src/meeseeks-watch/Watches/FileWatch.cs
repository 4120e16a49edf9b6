using System.Globalization;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A watch with files: submits the jobs that are due, and records their results.</summary>
/// <remarks>One loop does all the work. Only events of the folder and results of submissions arrive from other threads.</remarks>
internal sealed class FileWatch : IWatch
{
    private readonly Inotify _inotify;
    private readonly InFlightJobs<WorkKey> _jobs;
    private readonly AsyncSignal _signal;
    private readonly FolderChangeBuffer _changes;
    private readonly OpenFileTracker _openFiles;
    private readonly StatusFiles _files;
    private readonly IoFaultReporter _ioFaults;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HashSet<WorkKey> _inFlight = [];

    // Work that cannot be submitted until the folder is read again; with once, ever.
    private readonly HashSet<WorkKey> _setAside = [];
    private readonly string _reading;
    private RoundCounter _rounds;
    private WatchSettings? _next;
    private FolderIndex _index;
    private StatusRecorder _statusRecorder;
    private long? _lastRead;
    private string? _inotifyError;

    /// <summary>Makes a watch.</summary>
    /// <param name="settings">Settings with globs.</param>
    /// <param name="submitter">Runs the jobs.</param>
    /// <param name="inotify">Reports the changes of the folder.</param>
    /// <param name="isOnce">Whether it ends when nothing more is due.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    public FileWatch(WatchSettings settings, JobSubmitter submitter, Inotify inotify, bool isOnce, TimeProvider time, ILogger log)
    {
        (Settings, _inotify, _isOnce, _time, _log) = (settings, inotify, isOnce, time, log);
        var names = new StatusName(settings.Name);
        _rounds = new RoundCounter(settings.Count);
        _signal = new AsyncSignal(time);
        _jobs = new InFlightJobs<WorkKey>(submitter, _signal.Set, log);
        _ioFaults = new IoFaultReporter(log);
        _openFiles = new OpenFileTracker(settings.Path!, time);
        _changes = new FolderChangeBuffer(
            settings.Path!,
            settings.IsUpdated,
            settings.Skips.Count > 0,
            _openFiles,
            name => !name.StartsWith('.') || names.TryParse(name, out _, out _),
            _signal.Set);
        _files = new StatusFiles(settings.Path!, settings.Name);
        _index = new FolderIndex(settings, _openFiles);
        _statusRecorder = new StatusRecorder(settings, _files, time);
        _reading = $"read the folder {settings.Path}";
    }

    /// <inheritdoc/>
    public WatchSettings Settings { get; private set; }

    /// <inheritdoc/>
    public int Failures { get; private set; }

    private long Now => FileTime.Of(_time.GetUtcNow());

    /// <inheritdoc/>
    public bool TryReconfigure(WatchSettings settings)
    {
        if (settings.IsContinuous || settings.Path != Settings.Path || settings.IsUpdated != Settings.IsUpdated
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
                if (_isOnce && _jobs.Count == 0)
                    return;
                await _signal.WaitAsync(Pause(plan), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
        finally
        {
            _inotify.Unsubscribe(_changes);
        }
    }

    /// <inheritdoc/>
    public async Task KillJobsAsync(CancellationToken giveUp)
    {
        try
        {
            await _jobs.KillAsync(_ => true, giveUp);
            await _jobs.EndedAsync(giveUp);
            Record();
            await _jobs.WhenAcknowledgedAsync(giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            _log.Warning("{Count} jobs could not be stopped in time; the next start resumes them", _jobs.Count);
            Record();
        }
    }

    /// <inheritdoc/>
    public Task WhenDrainedAsync(CancellationToken giveUp) => _jobs.WhenAcknowledgedAsync(giveUp);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _signal.Dispose();
    }

    private void Reconfigure()
    {
        if (Interlocked.Exchange(ref _next, null) is not { } settings)
            return;
        Settings = settings;
        _index = new FolderIndex(settings, _openFiles);
        _statusRecorder = new StatusRecorder(settings, _files, _time);
        _rounds = _rounds.WithLimit(settings.Count);
        _lastRead = null;
    }

    private void Record()
    {
        foreach (var ended in _jobs.TakeAll())
        {
            _ = _inFlight.Remove(ended.Key);
            if (ended.End is not { } end)
            {
                Failures++;
                _ = _setAside.Add(ended.Key);
                _rounds.AddEnd(isGood: false);
            }
            else if (!end.WasStopped && !TryRecord(ended.Submission, end))
            {
                _jobs.PutBack(ended);
                _ = _inFlight.Add(ended.Key);
            }
            else
            {
                _rounds.AddEnd(end.State is JobState.Done);
            }
        }

        if (_inFlight.Count == 0 && _rounds.EndRound() && Settings.Count is { } count)
            _log.Information("round {Round} of {Count} is done", _rounds.Good, count);
    }

    private bool TryRecord(Submission submission, JobEnd end)
    {
        if (!_ioFaults.Try(
            "write status files",
            $"results are kept and retried, from {submission.Id} on; this watch submits nothing until then",
            () => _statusRecorder.Record(_index.Status, submission.Work, end)))
            return false;

        var work = submission.Work;
        _index.ClearFinished(work.FileName!);
        if (end.State is JobState.Done)
        {
            _log.Information("job {Job} for {File} is done", submission.Id, work.FileName);
        }
        else
        {
            var failed = end.Jobs.First(job => job.Status.State == end.State);
            var reason = failed.Status.Error ?? $"exit status {failed.Status.Rc}";
            _log.Warning("job {Job} for {File} is {State}: {Reason}", submission.Id, work.FileName, JobStates.Word(end.State), reason);
            Failures++;
            if (_isOnce)
                _ = _setAside.Add(work.Key);
        }

        _jobs.Acknowledge(submission, end);
        return true;
    }

    // Updates the index from the folder.
    private bool Refresh()
    {
        var names = _changes.TakeNames();
        if (names is not null && _lastRead is { } last && _time.GetElapsedTime(last) < Settings.Rescan)
        {
            _index.Refresh(names);
            return true;
        }

        if (_isOnce && _lastRead is not null)
            return true;
        Subscribe();
        var begin = _time.GetTimestamp();
        _lastRead = begin;
        if (!_ioFaults.Try(_reading, $"retried every {Settings.Rescan.TotalSeconds} s", _index.Read))
        {
            Failures++;
            return false;
        }

        var milliseconds = _time.GetElapsedTime(begin).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
        _log.Debug("read {Count} files in {Milliseconds} ms", _index.Count, milliseconds);
        if (!_isOnce)
            _setAside.Clear();
        _ = _ioFaults.Try("remove status files", "retried at the next scan", () => _statusRecorder.Clean(_index.Snapshot(), _inFlight));
        return true;
    }

    private void Subscribe()
    {
        if (_isOnce)
            return;
        var inotifyError = _inotify.Subscribe(_changes);
        if (inotifyError is not null && inotifyError != _inotifyError && Directory.Exists(Settings.Path))
        {
            _log.Warning(
                "no change events for {Path}: {Problem}; it is read every {Rescan} s",
                Settings.Path,
                inotifyError,
                Settings.Rescan.TotalSeconds);
        }

        _inotifyError = inotifyError;
    }

    private Plan? Submit()
    {
        var skipped = _setAside.Count == 0 ? _inFlight : [.. _inFlight, .. _setAside];
        var plan = Planner.Of(Settings, _index.Snapshot(), skipped, Now);
        _index.MarkFinished(plan);
        var isWritten = _ioFaults.Try(
            "write marks", "this watch submits nothing until then", () => _statusRecorder.Write(_index.Status, plan));
        if (!isWritten || _ioFaults.HasAny)
            return null;
        foreach (var work in plan.Due)
        {
            if (!CanStart(work) || !_jobs.TryStart(work.Key, Settings, work))
            {
                Failures++;
                _ = _setAside.Add(work.Key);
                continue;
            }

            _ = _inFlight.Add(work.Key);
        }

        return plan;
    }

    private bool CanStart(WorkItem work)
    {
        if (!_files.CanStand(work.Key))
            return _jobs.LogOnce($"{work.FileName}: the name is too long for the names of its status files", work);
        if (File.Exists(Path.Join(Settings.Path, work.FileName)))
            return true;
        if (work.FileName!.Contains('\uFFFD', StringComparison.Ordinal))
            return _jobs.LogOnce($"{work.FileName}: the name is not UTF-8, which JSON cannot carry", work);
        _index.Drop(work.FileName);
        return false;
    }

    private TimeSpan Pause(Plan? plan)
    {
        var untilRead = _lastRead is { } last && !_isOnce ? Settings.Rescan - _time.GetElapsedTime(last) : Settings.Rescan;
        var untilDue = plan?.NextDue is { } due && !_isOnce
            ? TimeSpan.FromTicks(Math.Max(due - Now, TimeSpan.TicksPerMillisecond))
            : untilRead;
        var untilRetry = _ioFaults.HasAny && Settings.Refresh < untilRead ? Settings.Refresh : untilRead;
        var least = untilDue < untilRetry ? untilDue : untilRetry;
        return least > TimeSpan.Zero ? least : TimeSpan.FromMilliseconds(1);
    }
}
