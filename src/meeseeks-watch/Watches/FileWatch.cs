using System.Globalization;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Watch.Jobs;
using MeeseeksBox.Watch.Names;
using MeeseeksBox.Watch.Rules;
using MeeseeksBox.Watch.Settings;
using MeeseeksBox.Watcher.Folders;
using MeeseeksBox.Watcher.Jobs;
using Serilog;

namespace MeeseeksBox.Watcher.Watches;

/// <summary>A watch with files: keeps its listing in step, asks the rules what is due, submits it, and records what comes of it.</summary>
/// <remarks>All but the news from the folder and from the orders is done by one loop, a turn at a time.</remarks>
internal sealed class FileWatch : IWatch
{
    private readonly Inotify _inotify;
    private readonly Crew<WorkKey> _crew;
    private readonly Signal _signal;
    private readonly Told _told;
    private readonly Writers _writers;
    private readonly StatusFiles _files;
    private readonly Troubles _troubles;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HashSet<WorkKey> _inFlight = [];

    // What the rules would submit and is not, until the folder is read again; with once, for good.
    private readonly HashSet<WorkKey> _setAside = [];
    private readonly string _reading;
    private RoundCounter _rounds;
    private WatchSettings? _next;
    private Listing _listing;
    private Recorder _recorder;
    private long? _lastRead;
    private string? _deafness;

    /// <summary>A watch.</summary>
    /// <param name="settings">Its settings, with globs.</param>
    /// <param name="desk">Where jobs are run.</param>
    /// <param name="inotify">What tells of the folder.</param>
    /// <param name="isOnce">Whether it ends when nothing more is due.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Its log.</param>
    public FileWatch(WatchSettings settings, JobDesk desk, Inotify inotify, bool isOnce, TimeProvider time, ILogger log)
    {
        (Settings, _inotify, _isOnce, _time, _log) = (settings, inotify, isOnce, time, log);
        var names = new StatusName(settings.Name);
        _rounds = new RoundCounter(settings.Count);
        _signal = new Signal(time);
        _crew = new Crew<WorkKey>(desk, _signal.Set, log);
        _troubles = new Troubles(log);
        _writers = new Writers(settings.Path!, time);
        _told = new Told(
            settings.Path!, settings.IsUpdated, settings.Skips.Count > 0, _writers, name => !name.StartsWith('.')
                || names.TryParse(name, out _, out _), _signal.Set);
        _files = new StatusFiles(settings.Path!, settings.Name);
        _listing = new Listing(settings, _writers);
        _recorder = new Recorder(settings, _files, time);
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
        if (settings.IsStanding || settings.Path != Settings.Path || settings.IsUpdated != Settings.IsUpdated
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
                var plan = Look() ? Submit() : null;
                if (_isOnce && _crew.Count == 0)
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
            _inotify.Leave(_told);
        }
    }

    /// <inheritdoc/>
    public async Task KillJobsAsync(CancellationToken giveUp)
    {
        try
        {
            await _crew.KillAsync(_ => true, giveUp);
            await _crew.EndedAsync(giveUp);
            Record();
            await _crew.SettledAsync(giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            _log.Warning("{Count} jobs could not be stopped in time; the next start takes them up as they are then", _crew.Count);
            Record();
        }
    }

    /// <inheritdoc/>
    public Task SettledAsync(CancellationToken giveUp) => _crew.SettledAsync(giveUp);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _crew.DisposeAsync();
        _signal.Dispose();
    }

    private void Reconfigure()
    {
        if (Interlocked.Exchange(ref _next, null) is not { } settings)
            return;
        Settings = settings;
        _listing = new Listing(settings, _writers);
        _recorder = new Recorder(settings, _files, _time);
        _rounds = _rounds.WithLimit(settings.Count);
        _lastRead = null;
    }

    private void Record()
    {
        foreach (var ended in _crew.TakeAll())
        {
            _ = _inFlight.Remove(ended.Key);
            if (ended.End is not { } end)
            {
                Failures++;
                _ = _setAside.Add(ended.Key);
                _rounds.AddEnd(isGood: false);
            }
            else if (!end.WasStopped && !TryRecord(ended.Order, end))
            {
                _crew.PutBack(ended);
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

    private bool TryRecord(JobOrder order, JobEnd end)
    {
        if (!_troubles.Try(
            "write status files",
            $"{order.Id} and what ends after it is kept and tried again, and nothing new of this watch is submitted until then",
            () => _recorder.Record(_listing.Status, order.Work, end)))
            return false;

        var work = order.Work;
        _listing.Unsettle(work.FileName!);
        if (end.State is JobState.Done)
        {
            _log.Information("job {Job} for {File} is done", order.Id, work.FileName);
        }
        else
        {
            var failed = end.Jobs.First(job => job.State == end.State);
            _log.Warning("job {Job} for {File} is {State}: {Reason}", order.Id, work.FileName, JobStates.Word(end.State), failed.Error ?? $"exit status {failed.Rc}");
            Failures++;
            if (_isOnce)
                _ = _setAside.Add(work.Key);
        }

        _crew.Settle(order, end);
        return true;
    }

    // Brings the listing in step with the folder.
    private bool Look()
    {
        var names = _told.TakeNames();
        if (names is not null && _lastRead is { } last && _time.GetElapsedTime(last) < Settings.Rescan)
        {
            _listing.Look(names);
            return true;
        }

        if (_isOnce && _lastRead is not null)
            return true;
        Listen();
        var begin = _time.GetTimestamp();
        _lastRead = begin;
        if (!_troubles.Try(_reading, $"it is tried again every {Settings.Rescan.TotalSeconds} s", _listing.Read))
        {
            Failures++;
            return false;
        }

        _log.Debug("read {Count} files in {Milliseconds} ms", _listing.Count, _time.GetElapsedTime(begin).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture));
        if (!_isOnce)
            _setAside.Clear();
        _ = _troubles.Try("remove status files", "it is tried again later", () => _recorder.Clean(_listing.Snapshot(), _inFlight));
        return true;
    }

    private void Listen()
    {
        if (_isOnce)
            return;
        var deafness = _inotify.Listen(_told);
        if (deafness is not null && deafness != _deafness && Directory.Exists(Settings.Path))
            _log.Warning("the system does not tell of changes in {Path}: {Problem}; it is read every {Rescan} s", Settings.Path, deafness, Settings.Rescan.TotalSeconds);
        _deafness = deafness;
    }

    private Plan? Submit()
    {
        var skipped = _setAside.Count == 0 ? _inFlight : [.. _inFlight, .. _setAside];
        var plan = Planning.Of(Settings, _listing.Snapshot(), skipped, Now);
        _listing.Settle(plan);
        if (!_troubles.Try("write marks", "nothing new of this watch is submitted until it can", () => _recorder.Write(_listing.Status, plan)) || _troubles.HasAny)
            return null;
        foreach (var work in plan.Due)
        {
            if (!CanStart(work) || !_crew.TryStart(work.Key, Settings, work))
            {
                Failures++;
                _ = _setAside.Add(work.Key);
                continue;
            }

            _ = _inFlight.Add(work.Key);
        }

        return plan;
    }

    private bool CanStart(Work work)
    {
        if (!_files.CanStand(work.Key))
            return _crew.SayOnce($"{work.FileName}: the name is too long: there is no room for the names of its status files", work);
        if (File.Exists(Path.Join(Settings.Path, work.FileName)))
            return true;
        if (work.FileName!.Contains('\uFFFD', StringComparison.Ordinal))
            return _crew.SayOnce($"{work.FileName}: the name is not UTF-8, and cannot be said to a box", work);
        _listing.Drop(work.FileName);
        return false;
    }

    private TimeSpan Pause(Plan? plan)
    {
        var untilRead = _lastRead is { } last && !_isOnce ? Settings.Rescan - _time.GetElapsedTime(last) : Settings.Rescan;
        var untilDue = plan?.NextDue is { } due && !_isOnce ? TimeSpan.FromTicks(Math.Max(due - Now, TimeSpan.TicksPerMillisecond)) : untilRead;
        var untilRetry = _troubles.HasAny && Settings.Refresh < untilRead ? Settings.Refresh : untilRead;
        var least = untilDue < untilRetry ? untilDue : untilRetry;
        return least > TimeSpan.Zero ? least : TimeSpan.FromMilliseconds(1);
    }
}
