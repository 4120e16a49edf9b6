using System.Globalization;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The folder of a watch with its index, updated by change events and complete scans.</summary>
internal sealed class WatchedFolder
{
    private readonly Inotify _inotify;
    private readonly FolderChangeBuffer _changes;
    private readonly OpenFileTracker _openFiles;
    private readonly IoFaultReporter _ioFaults;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private WatchSettings _settings;
    private FolderIndex _index;
    private long? _lastRead;
    private string? _inotifyError;

    /// <summary>Makes the index, which is empty until the first <see cref="Refresh"/>.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="inotify">Reports the changes of the folder.</param>
    /// <param name="wake">Wakes the watch at a change.</param>
    /// <param name="ioFaults">Receives the failures of scans.</param>
    /// <param name="isOnce">Whether the folder is read only once.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    public WatchedFolder(
        WatchSettings settings, Inotify inotify, Action wake, IoFaultReporter ioFaults, bool isOnce, TimeProvider time, ILogger log)
    {
        (_settings, _inotify, _ioFaults, _isOnce, _time, _log) = (settings, inotify, ioFaults, isOnce, time, log);
        var names = new StatusName(settings.Name);
        _openFiles = new OpenFileTracker(settings.Path!, time);
        _changes = new FolderChangeBuffer(
            settings.Path!,
            settings.IsUpdated,
            settings.Skips.Count > 0,
            _openFiles,
            name => !name.StartsWith('.') || names.TryParse(name, out _, out _),
            wake);
        _index = new FolderIndex(settings, _openFiles);
    }

    /// <summary>The table of status files.</summary>
    public StatusTable Status => _index.Status;

    /// <summary>The time until the next complete scan.</summary>
    public TimeSpan UntilScan =>
        _lastRead is { } last && !_isOnce ? _settings.Rescan - _time.GetElapsedTime(last) : _settings.Rescan;

    /// <summary>The files and status files of now.</summary>
    public FolderSnapshot Snapshot() => _index.Snapshot();

    /// <summary>Keeps the files for which a plan has nothing left to do.</summary>
    public void MarkFinished(Plan plan) => _index.MarkFinished(plan);

    /// <summary>Lets the next plan look at a file again.</summary>
    public void ClearFinished(string file) => _index.ClearFinished(file);

    /// <summary>Removes a file that does not exist any more.</summary>
    public void Drop(string file) => _index.Drop(file);

    /// <summary>Replaces the settings; the next <see cref="Refresh"/> reads the whole folder.</summary>
    public void Reconfigure(WatchSettings settings)
    {
        _settings = settings;
        _index = new FolderIndex(settings, _openFiles);
        _lastRead = null;
    }

    /// <summary>Updates the index: the changed names, or the whole folder when it is time.</summary>
    public FolderRefresh Refresh()
    {
        var names = _changes.TakeNames();
        if (names is not null && _lastRead is { } last && _time.GetElapsedTime(last) < _settings.Rescan)
        {
            _index.Refresh(names);
            return FolderRefresh.Updated;
        }

        if (_isOnce && _lastRead is not null)
            return FolderRefresh.Updated;
        Subscribe();
        var begin = _time.GetTimestamp();
        _lastRead = begin;
        if (!_ioFaults.Try($"read the folder {_settings.Path}", $"retried every {_settings.Rescan.TotalSeconds} s", _index.Read))
            return FolderRefresh.Failed;
        var milliseconds = _time.GetElapsedTime(begin).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
        _log.Debug("read {Count} files in {Milliseconds} ms", _index.Count, milliseconds);
        return FolderRefresh.Scanned;
    }

    /// <summary>Ends the change events.</summary>
    public void Unsubscribe() => _inotify.Unsubscribe(_changes);

    private void Subscribe()
    {
        if (_isOnce)
            return;
        var inotifyError = _inotify.Subscribe(_changes);
        if (inotifyError is not null && inotifyError != _inotifyError && Directory.Exists(_settings.Path))
        {
            _log.Warning(
                "no change events for {Path}: {Problem}; it is read every {Rescan} s",
                _settings.Path,
                inotifyError,
                _settings.Rescan.TotalSeconds);
        }

        _inotifyError = inotifyError;
    }
}
