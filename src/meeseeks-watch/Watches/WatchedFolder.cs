using System.Globalization;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The folder of a watch with its index, updated by change events and complete scans.</summary>
internal sealed class WatchedFolder
{
    private const int MostReads = 5;

    private readonly Inotify _inotify;
    private FolderChangeBuffer _changes;
    private readonly Action _wake;
    private readonly OpenFileTracker _openFiles;
    private readonly CompletenessCheck _completeness;
    private readonly IoFaultReporter _ioFaults;
    private readonly ExclusionReporter _exclusions;
    private readonly bool _isOnce;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private WatchSettings _settings;
    private FolderIndex _index;
    private long? _lastRead;
    private string? _inotifyError;
    private FolderChangeBuffer? _statusChanges;
    private List<PlaceListener> _places = [];
    private Subfolders _subfolders;
    private readonly IoFaultReporter _subfolderFaults;
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    // Files that were removed since their last run, and may come back.
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private HashSet<string> _openBefore = [];
    private readonly HashSet<string> _reportedOpen = new(StringComparer.Ordinal);

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
        Inotify inotify,
        Action wake,
        IoFaultReporter ioFaults,
        bool isOnce,
        TimeProvider time,
        ILogger log,
        OpenFileTracker? openFiles = null)
    {
        (_settings, _inotify, _ioFaults, _isOnce, _time, _log) = (settings, inotify, ioFaults, isOnce, time, log);
        _wake = wake;
        _exclusions = new ExclusionReporter(log);
        _openFiles = openFiles ?? new OpenFileTracker(settings.Path!, WriterProbe.Of, time);
        _changes = NewChanges();
        _subfolders = NewSubfolders();
        _subfolderFaults = new IoFaultReporter(settings.Path!, log);
        _completeness = new CompletenessCheck(settings.Path!, _openFiles, WriterProbe.Of, time);
        _index = new FolderIndex(settings, _openFiles, time);
    }

    /// <summary>What is known of the files that are being written.</summary>
    public OpenFileTracker OpenFiles => _openFiles;

    /// <summary>The folder of the status files.</summary>
    public string StatusPath => _index.StatusPath;

    /// <summary>The folder that was read last; null before the first read.</summary>
    public FileId? Id { get; private set; }

    /// <summary>The folders that were read, by their paths relative to the watched one.</summary>
    public IEnumerable<(string Path, FileId Id)> Folders => Id is { } id ? _subfolders.All.Prepend((string.Empty, id)) : [];

    /// <summary>The folder that was read last at a path; null before that.</summary>
    /// <param name="folder">The path relative to the watched folder, which is empty.</param>
    public FileId? IdOf(string folder) => folder.Length == 0 ? Id : _subfolders.IdOf(folder);

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

    /// <summary>The time until the next complete scan.</summary>
    public TimeSpan UntilScan =>
        _lastRead is { } last && !_isOnce ? _settings.Rescan - _time.GetElapsedTime(last) : _settings.Rescan;

    /// <summary>The time until a file may be complete that has changed lately; null when there is none.</summary>
    public TimeSpan? UntilQuiet => _completeness.UntilQuiet;

    /// <summary>The work that is due now, for files that are complete.</summary>
    /// <param name="skipped">The work that is submitted, or cannot be.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    public Plan Plan(IReadOnlySet<WorkKey> skipped, long now) =>
        new FolderPlanner(_settings, _index, _completeness).Plan(skipped, now);

    /// <summary>A plan with the reason for each file that is not finished. It changes nothing.</summary>
    /// <param name="submitted">The work that is submitted.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    public Plan Explain(IReadOnlySet<WorkKey> submitted, long now) =>
        Planner.Of(_settings, _index.Snapshot(), submitted, now, isExplained: true, withFinished: false);

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
        var isOther = (settings.IsUpdated, settings.NeedsOtherNames, settings.Depth)
            != (_settings.IsUpdated, _settings.NeedsOtherNames, _settings.Depth);
        _settings = settings;
        _index = new FolderIndex(settings, _openFiles, _time);
        _lastRead = null;
        if (!isOther)
            return;

        // The new subscriptions first, so that no close of a file is missed.
        var (former, formerSubfolders) = (_changes, _subfolders);
        _changes = NewChanges();
        _subfolders = NewSubfolders();
        Subscribe();
        foreach (var (folder, _) in formerSubfolders.All.Where(other => settings.IsWatched(other.Path)))
            _ = _subfolders.Enter(folder);
        _inotify.Unsubscribe(former);
        formerSubfolders.Clear();
        _gone.UnionWith(former.Take().Removed);
    }

    /// <summary>Makes the next <see cref="Refresh"/> read the whole folder.</summary>
    public void ReadAgain() => _lastRead = null;

    /// <summary>Updates the index: the changed names, or the whole folder when it is time.</summary>
    public FolderRefresh Refresh()
    {
        var changes = _changes.Take();
        var names = changes.Names;
        Written = changes.Written;
        _gone.UnionWith(changes.Removed);
        if (_statusChanges is { } status)
            names = status.Take().Names is { } more && names is not null ? [.. names, .. more] : null;
        if (changes.HasOverflown)
        {
            _log.Warning(
                "changes of {Path} came faster than they could be taken (sysctl fs.inotify.max_queued_events); the folder is read again",
                _settings.Path);
        }

        if (names is not null && _lastRead is { } last && _time.GetElapsedTime(last) < _settings.Rescan)
        {
            var isRead = true;
            if (_settings.Depth > 0 && !_ioFaults.Try(ReadFolder, Retried, () => isRead = TryReadSubfolders(changes.Folders)))
            {
                _lastRead = null;
                return FolderRefresh.Failed;
            }

            if (isRead)
            {
                _index.Refresh(names);
                return FolderRefresh.Updated;
            }
        }

        if (_isOnce && _lastRead is not null)
            return FolderRefresh.Updated;
        var begin = _time.GetTimestamp();
        _lastRead = begin;
        if (!_ioFaults.Try(ReadFolder, Retried, Read))
            return FolderRefresh.Failed;
        SubscribeStatus();
        _completeness.Keep(_index.Has);
        ReportOpenFiles();
        _exclusions.Report(_settings, _index.Snapshot());
        var milliseconds = _time.GetElapsedTime(begin).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
        _log.Debug("read {Count} files in {Milliseconds} ms", _index.Count, milliseconds);
        return FolderRefresh.Scanned;
    }

    private string ReadFolder => $"read the folder {_settings.Path}";

    private string Retried => $"retried every {_settings.Rescan.TotalSeconds} s";

    /// <summary>Takes the files that were gone and are there again.</summary>
    public IReadOnlyList<string> TakeReturned()
    {
        var returned = _gone.Where(_index.Has).ToList();
        _gone.ExceptWith(returned);
        return returned;
    }

    /// <summary>Forgets that files are gone which the watch does not know.</summary>
    public void KeepGone(Func<string, bool> isKnown) => _ = _gone.RemoveWhere(name => !isKnown(name));

    /// <summary>Ends the change events.</summary>
    public void Unsubscribe()
    {
        _inotify.Unsubscribe(_changes);
        _places.ForEach(_inotify.Unsubscribe);
        _places.Clear();
        _subfolders.Clear();
        if (_statusChanges is { } status)
            _inotify.Unsubscribe(status);
    }

    /// <summary>Follows the changes of the folder of <c>status_path</c>. Without them, they are seen at the next scan.</summary>
    public void SubscribeStatus()
    {
        if (_isOnce || _settings.StatusPath is null)
            return;
        if (_statusChanges is { } other && other.Path != StatusPath)
            _inotify.Unsubscribe(other);
        if (_statusChanges?.Path != StatusPath)
        {
            var names = new StatusName(_settings.Name);
            _statusChanges = new FolderChangeBuffer(
                StatusPath,
                needsWrites: false,
                needsFolders: false,
                openFiles: null,
                name => names.TryParse(name, out _, out _),
                _ => false,
                _wake);
        }

        _ = _inotify.Subscribe(_statusChanges!);
    }

    private FolderChangeBuffer NewChanges()
    {
        var names = new StatusName(_settings.Name);
        return new FolderChangeBuffer(
            _settings.Path!,
            _settings.IsUpdated,
            _settings.NeedsOtherNames,
            _openFiles,
            name => !RelativePath.IsHidden(name) || names.TryParse(name, out _, out _) || _settings.Marker?.Is(name) is true,
            name => FileFilter.ListOf(_settings, name) >= 0,
            _wake);
    }

    // Another folder may take the place of this one at any moment, also while it is read.
    private void Read()
    {
        for (var attempt = 0; attempt < MostReads; attempt++)
        {
            SubscribePlaces();
            var id = HeldFolder.IdOf(_settings.Path!);
            if (id is not null && Id is not null && id != Id)
                Replace();
            Subscribe();
            var gone = ReadPlaces([string.Empty]);
            if (id is null || HeldFolder.IdOf(_settings.Path!) != id)
                continue;

            _gone.UnionWith(gone);
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
        _gone.UnionWith(ReadPlaces(places));
        return true;
    }

    // The files that are gone. Of those in a folder that cannot be read, that is not known.
    private List<string> ReadPlaces(List<string> places)
    {
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        var gone = _index.Read(places, Enter, (folder, problem) => unreadable[folder] = problem);
        _subfolders.Keep(places);
        foreach (var folder in _unreadable.Where(folder => !unreadable.ContainsKey(folder) && IsWithin(folder, places)).ToList())
        {
            _subfolderFaults.Clear(ReadSubfolder(folder));
            _ = _unreadable.Remove(folder);
        }

        foreach (var (folder, problem) in unreadable)
        {
            _subfolderFaults.Report(ReadSubfolder(folder), problem, "its files wait for the next scan; other folders go on");
            _ = _unreadable.Add(folder);
        }

        return [.. gone.Where(name => !IsWithin(name, unreadable.Keys))];

        static bool IsWithin(string path, IEnumerable<string> places) => places.Any(place => RelativePath.IsWithin(path, place));
    }

    private void Enter(string folder)
    {
        if (folder.Length == 0 || _subfolders.Enter(folder))
            return;
        _log.Information(
            "another folder is at {Path}; results of jobs for files of the former one stay with that", Path.Join(_settings.Path, folder));
        _openFiles.ForgetWithin(folder);
        _ = _gone.RemoveWhere(name => RelativePath.IsWithin(name, folder));
    }

    private static string ReadSubfolder(string folder) => $"read the sub-folder {folder}";

    private Subfolders NewSubfolders() => new(
        _settings.Path!,
        folder => new SubfolderListener(folder, _changes),
        listener => Subscribe(listener),
        _inotify.Unsubscribe);

    private void Replace()
    {
        _log.Information("another folder is at {Path}; results of jobs for files of the former one stay with that", _settings.Path);
        _openFiles.ForgetWithin();
        _completeness.Clear();
        _gone.Clear();
        _subfolders.Clear();
        _index = new FolderIndex(_settings, _openFiles, _time);
    }

    // A file that a process keeps open, such as a log, is never complete. Nobody would know why nothing happens.
    private void ReportOpenFiles()
    {
        var open = _openFiles.All().Where(name => FileFilter.ListOf(_settings, name) >= 0).ToHashSet(StringComparer.Ordinal);
        _reportedOpen.IntersectWith(open);
        foreach (var name in open.Where(name => _openBefore.Contains(name) && _reportedOpen.Add(name)))
            _log.Information("{File} is open for writing; its job is submitted when it is closed", name);
        _openBefore = open;
    }

    // A change of a folder above, or of a link on the way, makes no event in the folder.
    private void SubscribePlaces()
    {
        if (_isOnce)
            return;
        var listeners = PathPlaces.Of(_settings.Path!).GroupBy(place => place.Folder, place => place.Name)
            .Select(group => new PlaceListener(
                group.Key, group.ToHashSet(StringComparer.Ordinal), () => _changes.Report(FolderChange.Lost, "")))
            .ToList();

        // The new ones first, so that no change is missed.
        listeners.ForEach(listener => _ = _inotify.Subscribe(listener));
        _places.ForEach(_inotify.Unsubscribe);
        _places = listeners;
    }

    private void Subscribe() => Subscribe(_changes);

    private void Subscribe(IFolderListener listener)
    {
        if (_isOnce)
            return;
        var inotifyError = _inotify.Subscribe(listener);
        if (inotifyError is not null && inotifyError != _inotifyError && Directory.Exists(listener.Path))
        {
            _log.Warning(
                "no change events for {Path}: {Problem}; it is read every {Rescan} s",
                listener.Path,
                inotifyError,
                _settings.Rescan.TotalSeconds);
        }

        if (inotifyError is not null || listener == _changes)
            _inotifyError = inotifyError;
    }
}
