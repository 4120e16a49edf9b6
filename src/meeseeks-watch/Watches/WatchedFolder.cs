using System.Globalization;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The folder of a watch with its index, updated by change events and complete scans.</summary>
internal sealed class WatchedFolder
{
    private const int MostReads = 5;

    private readonly FolderSubscriptions _subscriptions;
    private readonly OpenFileTracker _openFiles;
    private readonly CompletenessCheck _completeness;
    private readonly IoFaultReporter _ioFaults;
    private readonly SubfolderFaults _subfolderFaults;
    private readonly ExclusionReporter _exclusions;
    private readonly OpenFileReporter _openFileReporter;
    private readonly ScanSchedule _scans = new();
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private WatchSettings _settings;
    private FolderIndex _index;

    /// <summary>Makes the index, which is empty until the first <see cref="Refresh"/>.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="inotify">Reports the changes of the folder.</param>
    /// <param name="wake">Wakes the watch at a change.</param>
    /// <param name="ioFaults">Receives the failures of scans.</param>
    /// <param name="isOnce">Whether the folder is read only once.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    /// <param name="openFiles">What is known of the files being written, from a watch before; null for nothing.</param>
    public WatchedFolder(
        WatchSettings settings,
        IFolderEvents inotify,
        Action wake,
        IoFaultReporter ioFaults,
        bool isOnce,
        TimeProvider time,
        ILogger log,
        OpenFileTracker? openFiles = null)
    {
        (_settings, _ioFaults, _isOnce, _time, _log) = (settings, ioFaults, isOnce, time, log);
        (_exclusions, Removed) = (new ExclusionReporter(log), new RemovedFiles(log));
        _openFileReporter = new OpenFileReporter(log);
        _subfolderFaults = new SubfolderFaults(settings.Path!, log);
        _openFiles = openFiles ?? new OpenFileTracker(settings.Path!, WriterProbe.Of, time);
        _subscriptions = new FolderSubscriptions(settings, inotify, _openFiles, wake, isOnce, log);
        _completeness = new CompletenessCheck(_openFiles, time);
        _index = new FolderIndex(settings, _openFiles, time);
    }

    /// <summary>What is known of the files that are being written.</summary>
    public OpenFileTracker OpenFiles => _openFiles;

    /// <summary>The folder of the status files.</summary>
    public string StatusPath => _index.StatusPath;

    /// <summary>The folder that was read last; null before the first read.</summary>
    public FileId? Id { get; private set; }

    /// <summary>The folders that were read, by their paths relative to the watched one.</summary>
    public IEnumerable<(string Path, FileId Id)> Folders => Id is { } id ? _subscriptions.Subfolders.All.Prepend((string.Empty, id)) : [];

    /// <summary>The folder that was read last at a path; null before that.</summary>
    /// <param name="folder">The path relative to the watched folder, which is empty.</param>
    public FileId? IdOf(string folder) => folder.Length == 0 ? Id : _subscriptions.Subfolders.IdOf(folder);

    /// <summary>Where a folder is that was read; null when it is not there any more.</summary>
    /// <param name="id">The folder.</param>
    /// <param name="expected">The path at which it was.</param>
    public string? PathOf(FileId id, string expected)
    {
        if (IdOf(expected) == id)
            return expected;
        foreach (var (path, other) in Folders)
        {
            if (other == id)
                return path;
        }

        return null;
    }

    /// <summary>The table of status files.</summary>
    public StatusTable Status => _index.Status;

    /// <summary>The files that were written before the last <see cref="Refresh"/> (<see cref="FolderChanges.Written"/>).</summary>
    public IReadOnlyCollection<string> Written { get; private set; } = [];

    /// <summary>The files that were removed since their last run.</summary>
    public RemovedFiles Removed { get; }

    /// <summary>The time until the next complete scan.</summary>
    public TimeSpan UntilScan => (_isOnce ? null : UntilDue) ?? _settings.Rescan;

    /// <summary>The time until a file may be complete that has changed lately; null when there is none.</summary>
    public TimeSpan? UntilQuiet => _completeness.UntilQuiet;

    /// <summary>The work that is due now, for files that are complete.</summary>
    /// <param name="skipped">The work that is submitted, or cannot be.</param>
    /// <param name="limit">Limits the jobs that may be due.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    public Plan Plan(IReadOnlySet<WorkKey> skipped, JobLimit limit, long now) =>
        new FolderPlanner(_settings, _index, _completeness).Plan(skipped, now, limit: limit);

    /// <summary>A plan with the reason for each file that is not finished. It changes nothing.</summary>
    /// <param name="submitted">The work that is submitted.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="limit">Limits the jobs that may be due; null for no limit.</param>
    public Plan Explain(IReadOnlySet<WorkKey> submitted, long now, JobLimit? limit = null) =>
        Planner.Of(_settings, _index.Snapshot(), submitted, now, isExplained: true, withFinished: false, limit);

    /// <summary>The files and status files of now.</summary>
    public FolderSnapshot Snapshot() => _index.Snapshot();

    /// <summary>The number of files.</summary>
    public int Count => _index.Count;

    /// <summary>Whether a file is there.</summary>
    public bool Has(string file) => _index.Has(file);

    /// <summary>Keeps the files for which a plan has nothing left to do.</summary>
    public void MarkFinished(Plan plan) => _index.MarkFinished(plan);

    /// <summary>Lets the next plan look at a file again.</summary>
    public void ClearFinished(string file) => _index.ClearFinished(file);

    /// <summary>Whether a folder in the watched one is there, and has no files.</summary>
    public bool IsEmptyFolder(string folder) => _index.IsEmptyFolder(folder);

    /// <summary>Removes a file that does not exist any more.</summary>
    public void Drop(string file) => _index.Drop(file);

    /// <summary>Replaces the settings; the next <see cref="Refresh"/> reads the whole folder.</summary>
    public void Reconfigure(WatchSettings settings)
    {
        _settings = settings;
        _index = new FolderIndex(settings, _openFiles, _time);
        _scans.Restart();
        Removed.Add(_subscriptions.Reconfigure(settings));
    }

    /// <summary>Makes the next <see cref="Refresh"/> read the whole folder.</summary>
    public void ReadAgain() => _scans.Restart();

    /// <summary>Updates the index: the changed names, or the whole folder when it is time.</summary>
    public FolderRefresh Refresh()
    {
        var changes = _subscriptions.Take();

        // A file that was not there before has not changed. Its results have come with it.
        Written = _settings.IsUpdated ? changes.Written : [.. changes.Written.Where(_index.Has)];
        Removed.Add(changes.Removed);
        if (changes.HasOverflown)
        {
            _log.Warning(
                "changes of {Path} came faster than they could be taken (sysctl fs.inotify.max_queued_events); the folder is read again",
                _settings.Path);
        }

        if (changes.Names is { } names && UntilDue > TimeSpan.Zero)
        {
            if (_scans.HasFailed)
                return FolderRefresh.Failed;
            var isRead = true;
            if (_settings.Depth > 0 && !_ioFaults.Try(ReadFolder, Retried, () => isRead = TryReadSubfolders(changes.Folders)))
            {
                _scans.Restart();
                return FolderRefresh.Failed;
            }

            if (isRead)
            {
                _index.Refresh(names);
                return FolderRefresh.Updated;
            }
        }

        if (_isOnce && _scans.IsRead)
            return FolderRefresh.Updated;
        _scans.Begin(Ticks);
        if (!_ioFaults.Try(ReadFolder, Retried, Read))
            return FolderRefresh.Failed;
        _subscriptions.SubscribeStatus(StatusPath);
        _subscriptions.EndRead(_index.Count);
        _completeness.Keep(_index.Has);
        _openFileReporter.Report(OpenWatchedFiles());
        _exclusions.Report(_settings, _index.Snapshot());
        var length = _scans.End(Ticks);

        // The garbage of a read is returned to the system.
        if (IsLarge)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        var milliseconds = length.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
        _log.Debug("read {Count} files in {Milliseconds} ms", _index.Count, milliseconds);
        return FolderRefresh.Scanned;
    }

    // Where the system reports all changes, the read is only a precaution.
    private TimeSpan? UntilDue => _scans.UntilNext(_settings.Rescan, isPrecaution: IsLarge && _subscriptions.IsComplete, Ticks);

    private bool IsLarge => _index.Count >= ScanSchedule.LargeFolder;

    private long Ticks => _time.MonotonicTicks();

    private HashSet<string> OpenWatchedFiles() =>
        _openFiles.All().Where(name => FileFilter.ListOf(_settings, name) >= 0).ToHashSet(StringComparer.Ordinal);

    private string ReadFolder => $"read the folder {_settings.Path}";

    private string Retried => _isOnce ? "the watch does nothing in this round" : $"retried every {_settings.Rescan.TotalSeconds} s";

    /// <summary>Logs the files that this round leaves to the next one (<c>once</c>), because they are open for writing.</summary>
    public void ReportOpenFiles() => _openFileReporter.ReportLeft(OpenWatchedFiles());

    /// <summary>Ends the change events.</summary>
    public void Unsubscribe() => _subscriptions.End();

    /// <summary>Follows the changes of the folder of <c>status_path</c>.</summary>
    public void SubscribeStatus() => _subscriptions.SubscribeStatus(StatusPath);

    // Another folder may take the place of this one at any moment, also while it is read.
    private void Read()
    {
        for (var attempt = 0; attempt < MostReads; attempt++)
        {
            _subscriptions.SubscribePlaces();
            var id = HeldFolder.IdOf(_settings.Path!);
            if (id is not null && Id is not null && id != Id)
                Replace();
            _subscriptions.Subscribe();
            var gone = ReadPlaces([string.Empty]);
            if (id is null || HeldFolder.IdOf(_settings.Path!) != id)
                continue;

            Removed.Add(gone);
            Id = id;
            return;
        }

        throw new IOException("another folder takes its place again and again");
    }

    // False when the whole folder must be read: a link has come, and nobody knows what was there before.
    private bool TryReadSubfolders(IReadOnlyCollection<string> folders)
    {
        var places = folders.Where(_settings.IsWatched).ToList();
        if (places.Exists(place => FileKind.FactsOf(Path.Join(_settings.Path, place), isFollowed: false)?.Kind is FileKind.Link))
            return false;
        if (places.Count == 0)
            return true;
        Removed.Add(ReadPlaces(places));
        return true;
    }

    // The files that are gone. Of those in a folder that cannot be read, that is not known.
    private List<string> ReadPlaces(List<string> places)
    {
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        var gone = _index.Read(places, Enter, (folder, problem) => unreadable[folder] = problem);
        _subscriptions.Subfolders.Keep(places);
        _subfolderFaults.Report(places, unreadable);
        return [.. gone.Where(name => !SubfolderFaults.IsWithin(name, unreadable.Keys) && HasFolderOf(name))];
    }

    // A file is gone from a folder that is there. With its folder, it may be elsewhere.
    private bool HasFolderOf(string name) => RelativePath.FolderOf(name) is var folder && (folder.Length == 0 || IdOf(folder) is not null);

    private void Enter(string folder)
    {
        if (folder.Length == 0 || !_subscriptions.Subfolders.Enter(folder))
            return;
        if (IdOf(folder) is not null)
            ReportOther(Path.Join(_settings.Path, folder));
        _openFiles.ForgetWithin(folder);
        Forget(folder);
    }

    private void Forget(string folder)
    {
        Removed.ForgetWithin(folder);
        Written = [.. Written.Where(name => !RelativePath.IsWithin(name, folder))];
    }

    private void ReportOther(string path) =>
        _log.Information("another folder is at {Path}; results of jobs for files of the former one stay with that", path);

    private void Replace()
    {
        ReportOther(_settings.Path!);
        _openFiles.ForgetWithin();
        Forget(string.Empty);
        _subscriptions.Subfolders.Clear();
        _index = new FolderIndex(_settings, _openFiles, _time);
    }
}
