using System.Globalization;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Notices the new files of one watch, and reports when none come (<c>late</c>, docs/SPECIFICATION.md#late-files).</summary>
/// <remarks>It belongs to the loop of the watch. Only the ends of its jobs arrive from other threads.</remarks>
internal sealed class ArrivalReporter : IAsyncDisposable
{
    private readonly InFlightJobs<long> _jobs;
    private readonly WatchedFolder _folder;
    private readonly LateAccountStore _account;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private WatchSettings _settings;
    private LateDetector? _detector;

    // An alarm whose job the box did not accept.
    private LateAlarm? _unsent;
    private long _newest;

    /// <summary>Makes it, without files.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="submitter">Runs the job of <c>on_late</c>.</param>
    /// <param name="folder">The folder of the watch.</param>
    /// <param name="wake">Wakes the watch when the job has ended.</param>
    /// <param name="isOnce">Whether the watch ends when nothing more is due.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    public ArrivalReporter(
        WatchSettings settings, JobSubmitter submitter, WatchedFolder folder, Action wake, bool isOnce, TimeProvider time, ILogger log)
    {
        (_settings, _folder, _isOnce, _time, _log) = (settings, folder, isOnce, time, log);
        _jobs = new InFlightJobs<long>(submitter, wake, log);
        _account = new LateAccountStore(settings, () => folder.StatusPath, log);
        _detector = NewDetector();
    }

    /// <summary>The number of jobs of <c>on_late</c> that failed or could not be submitted.</summary>
    public int Failures { get; private set; }

    /// <summary>The number of jobs of <c>on_late</c> that have not ended.</summary>
    public int Count => _jobs.Count;

    /// <summary>The last new file; null when there was none.</summary>
    public string? LastFile { get; private set; }

    /// <summary>When the last new file came; null when there was none.</summary>
    public DateTimeOffset? LastAt => LastFile is null ? null : DateTimeOffset.UnixEpoch.AddTicks(_newest);

    /// <summary>Whether no new file has come in time.</summary>
    public bool IsLate => _detector?.IsLate is true;

    /// <summary>The time until a new file is due; null for no such time.</summary>
    public TimeSpan? UntilLate => _detector?.UntilNext(Now, Ticks);

    private long Now => FileTime.Of(_time.GetUtcNow());

    // Monotonic, because the wall clock may be set.
    private long Ticks => _time.MonotonicTicks();

    /// <summary>Replaces the settings.</summary>
    public void Reconfigure(WatchSettings settings)
    {
        var isSame = (settings.Late?.Limit, settings.Late?.Schedule is null) == (_settings.Late?.Limit, _settings.Late?.Schedule is null);
        _settings = settings;
        if (isSame && settings.Late?.Schedule is null)
            return;
        Save();
        _detector = NewDetector();
        _account.Restart();
    }

    /// <summary>Forgets what was kept, after another watcher has served the folder.</summary>
    public void Restart() => _account.Restart();

    /// <summary>Takes the files that a plan submits or marks.</summary>
    public void AddFiles(Plan plan)
    {
        foreach (var work in plan.Due)
        {
            foreach (var file in work.Files)
                Add(file);
        }

        plan.Marks.ForEach(mark => Add(mark.FileName));
    }

    /// <summary>Continues after a read of the folder: takes what an earlier instance has kept, and keeps what is new.</summary>
    public void Scanned()
    {
        if (_detector is null)
            return;
        if (_unsent is { } alarm)
        {
            _unsent = null;
            Start(alarm);
        }

        if (_account.IsRead)
        {
            Save();
            return;
        }

        if (_account.Read() is { } account)
            Restore(account);

        // Files with a result came before. A file without one is in the plan.
        foreach (var file in _folder.Snapshot().Files)
        {
            if (_settings.WorkOf(file.Name).Any(key => _folder.Status[key].States is not 0))
                Add(file.Name);
        }

        Save();
    }

    /// <summary>Takes the ends of jobs, and reports files that are late. With <c>once</c>, after the plan.</summary>
    public void Check()
    {
        TakeEnds();
        if (_detector?.Check(Now, Ticks) is not { } alarm)
            return;
        var last = alarm.LastFile is { } file ? $"the last one was {file}, {Duration.Show((long)alarm.Silence.TotalSeconds)} ago"
            : $"none has come for {Duration.Show((long)alarm.Silence.TotalSeconds)}";
        if (_settings.Late!.Schedule is null)
            _log.Warning("no new file for {Limit} s (late): {Last}", _settings.Late.Limit!.Value.TotalSeconds, last);
        else
            _log.Warning("no new file by {DueAt} (late): {Last}", Local(alarm.DueAt), last);
        Start(alarm);
    }

    /// <summary>Keeps what must survive a restart.</summary>
    /// <remarks>An alarm whose job has not ended is not kept: the next instance finds the job by its id.</remarks>
    public void Save()
    {
        if (_detector is not null && _jobs.Count == 0 && _unsent is null)
            _account.Keep(_detector.Account);
    }

    /// <summary>Kills the jobs of <c>on_late</c>, and keeps what must survive a restart.</summary>
    public async Task KillAsync(CancellationToken giveUp)
    {
        if (!await _jobs.TryKillAllAsync(TakeEnds, giveUp))
            _log.Warning("the job of on_late could not be stopped in time; the next start resumes it");
        Save();
    }

    /// <summary>Waits until the box has acknowledged the ends of all jobs.</summary>
    public Task WhenAcknowledgedAsync(CancellationToken giveUp) => _jobs.WhenAcknowledgedAsync(giveUp);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private LateDetector? NewDetector() =>
        _settings.Late is { } late ? new LateDetector(late.Limit, late.Schedule, Now, Ticks) : null;

    private void Restore(LateAccount account)
    {
        _detector!.Restore(account, Now, Ticks);
        if (account.File is { } file && account.At > _newest)
            (LastFile, _newest) = (file, account.At);
    }

    private void Add(string file)
    {
        if (FileKind.FactsOf(Path.Join(_settings.Path, file), isFollowed: false) is not { } facts)
            return;
        if (facts.ChangeTime >= _newest)
            (LastFile, _newest) = (file, facts.ChangeTime);
        if (_detector?.AddFile(file, facts.ChangeTime, Now, Ticks) is { } silence)
            _log.Information("{File} has come after {Silence} without a new file", file, Duration.Show((long)silence.TotalSeconds));
    }

    private void Start(LateAlarm alarm)
    {
        // Another watcher of the folder may have run it.
        if (_settings.Late!.Job is null || _account.IsHandled(alarm))
        {
            Save();
            return;
        }

        if (_jobs.TryStart(alarm.DueAt, _settings, alarm))
            return;
        Failures++;
    }

    private void TakeEnds()
    {
        foreach (var ended in _jobs.TakeAll())
        {
            if (ended.End is not { } end)
            {
                Failures++;
                if (!_isOnce && _detector is not null)
                    _unsent = new LateAlarm(ended.Key, TimeSpan.FromTicks(Math.Max(Now - _newest, 0)), LastFile);
                continue;
            }

            _jobs.Acknowledge(ended.Submission, end);
            if (end.WasStopped)
            {
                // The next instance runs it again.
                _account.Restart();
                continue;
            }

            if (end.State is JobState.Done)
            {
                _log.Information("job {Job} of on_late is done", ended.Submission.Id);
            }
            else
            {
                Failures++;
                _log.Warning("job {Job} of on_late is {State}: {Reason}", ended.Submission.Id, JobStates.Word(end.State), end.Reason);
            }

            Save();
        }
    }

    private string Local(long occurrence) => TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(occurrence), _time.LocalTimeZone)
        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
