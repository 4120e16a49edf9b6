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

/// <summary>A watch with files: keeps its listing in step, asks the rules what is due, submits it, and records what comes of it.</summary>
/// <remarks>All but the news from the folder and from the orders is done by one loop, a turn at a time.</remarks>
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

    // What the rules would submit and is not, until the folder is read again; with once, for good.
    private readonly HashSet<WorkKey> _setAside = [];
    private readonly string _reading;
    private RoundCounter _rounds;
    private WatchSettings? _next;
    private FolderIndex _index;
    private StatusRecorder _statusRecorder;
    private long? _lastRead;
    private string? _inotifyError;

    /// <summary>A watch.</summary>
    /// <param name="settings">Its settings, with globs.</param>
    /// <param name="submitter">Where jobs are run.</param>
    /// <param name="inotify">What tells of the folder.</param>
    /// <param name="isOnce">Whether it ends when nothing more is due.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Its log.</param>
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
            settings.Path!, settings.IsUpdated, settings.Skips.Count > 0, _openFiles, name => !name.StartsWith('.')
                || names.TryParse(name, out _, out _), _signal.Set);
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
            _log.Warning("{Count} jobs could not be stopped in time; the next start takes them up as they are then", _jobs.Count);
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
            $"{submission.Id} and what ends after it is kept and tried again, and nothing new of this watch is submitted until then",
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
            var failed = end.Jobs.First(job => job.State == end.State);
            _log.Warning("job {Job} for {File} is {State}: {Reason}", submission.Id, work.FileName, JobStates.Word(end.State), failed.Error ?? $"exit status {failed.Rc}");
            Failures++;
            if (_isOnce)
                _ = _setAside.Add(work.Key);
        }

        _jobs.Acknowledge(submission, end);
        return true;
    }

    // Brings the listing in step with the folder.
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
        if (!_ioFaults.Try(_reading, $"it is tried again every {Settings.Rescan.TotalSeconds} s", _index.Read))
        {
            Failures++;
            return false;
        }

        _log.Debug("read {Count} files in {Milliseconds} ms", _index.Count, _time.GetElapsedTime(begin).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture));
        if (!_isOnce)
            _setAside.Clear();
        _ = _ioFaults.Try("remove status files", "it is tried again later", () => _statusRecorder.Clean(_index.Snapshot(), _inFlight));
        return true;
    }

    private void Subscribe()
    {
        if (_isOnce)
            return;
        var inotifyError = _inotify.Subscribe(_changes);
        if (inotifyError is not null && inotifyError != _inotifyError && Directory.Exists(Settings.Path))
            _log.Warning("the system does not tell of changes in {Path}: {Problem}; it is read every {Rescan} s", Settings.Path, inotifyError, Settings.Rescan.TotalSeconds);
        _inotifyError = inotifyError;
    }

    private Plan? Submit()
    {
        var skipped = _setAside.Count == 0 ? _inFlight : [.. _inFlight, .. _setAside];
        var plan = Planner.Of(Settings, _index.Snapshot(), skipped, Now);
        _index.MarkFinished(plan);
        if (!_ioFaults.Try("write marks", "nothing new of this watch is submitted until it can", () => _statusRecorder.Write(_index.Status, plan)) || _ioFaults.HasAny)
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
            return _jobs.LogOnce($"{work.FileName}: the name is too long: there is no room for the names of its status files", work);
        if (File.Exists(Path.Join(Settings.Path, work.FileName)))
            return true;
        if (work.FileName!.Contains('\uFFFD', StringComparison.Ordinal))
            return _jobs.LogOnce($"{work.FileName}: the name is not UTF-8, and cannot be said to a box", work);
        _index.Drop(work.FileName);
        return false;
    }

    private TimeSpan Pause(Plan? plan)
    {
        var untilRead = _lastRead is { } last && !_isOnce ? Settings.Rescan - _time.GetElapsedTime(last) : Settings.Rescan;
        var untilDue = plan?.NextDue is { } due && !_isOnce ? TimeSpan.FromTicks(Math.Max(due - Now, TimeSpan.TicksPerMillisecond)) : untilRead;
        var untilRetry = _ioFaults.HasAny && Settings.Refresh < untilRead ? Settings.Refresh : untilRead;
        var least = untilDue < untilRetry ? untilDue : untilRetry;
        return least > TimeSpan.Zero ? least : TimeSpan.FromMilliseconds(1);
    }
}
