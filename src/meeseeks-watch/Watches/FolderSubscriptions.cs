using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;
using Serilog.Events;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>
/// The event subscriptions of a watched folder: to itself, its sub-folders, the folders above it, and the folder of its status files.
/// </summary>
internal sealed class FolderSubscriptions
{
    private readonly IFolderEvents _inotify;
    private readonly OpenFileTracker _openFiles;
    private readonly Action _wake;
    private readonly bool _isOnce;
    private WatchSettings _settings;
    private FolderChangeBuffer _changes;
    private FolderChangeBuffer? _statusChanges;
    private List<PlaceListener> _places = [];

    // The subscriptions that fail. The log has the first one.
    private readonly HashSet<IFolderListener> _refused = [];
    private readonly IoFaultReporter _faults;

    /// <param name="settings">The watch.</param>
    /// <param name="inotify">Reports the changes.</param>
    /// <param name="openFiles">Receives the files that are being written.</param>
    /// <param name="wake">Wakes the watch at a change.</param>
    /// <param name="isOnce">Whether the folder is read only once: nothing is subscribed.</param>
    /// <param name="log">The log of the watch.</param>
    public FolderSubscriptions(
        WatchSettings settings, IFolderEvents inotify, OpenFileTracker openFiles, Action wake, bool isOnce, ILogger log)
    {
        (_settings, _inotify, _openFiles, _wake, _isOnce) = (settings, inotify, openFiles, wake, isOnce);
        _faults = new IoFaultReporter(settings.Path!, log, LogEventLevel.Warning);
        _changes = NewChanges();
        Subfolders = NewSubfolders();
    }

    /// <summary>The sub-folders.</summary>
    public Subfolders Subfolders { get; private set; }

    /// <summary>Whether the system reports all changes: no subscription failed, and the folder is on a local file system.</summary>
    public bool IsComplete => _refused.Count == 0 && !WriterProbe.IsRemote(_settings.Path!);

    /// <summary>Takes the changes since the last call.</summary>
    public FolderChanges Take()
    {
        var changes = _changes.Take();
        if (_statusChanges is not { } status)
            return changes;
        var names = status.Take().Names is { } more && changes.Names is { } known ? (IReadOnlyCollection<string>)[.. known, .. more] : null;
        return changes with { Names = names };
    }

    /// <summary>Ends a read of all folders.</summary>
    /// <param name="count">The number of files (<see cref="FolderChangeBuffer.SetCount"/>).</param>
    public void EndRead(int count)
    {
        _changes.SetCount(count);
        if (_refused.Count == 0)
            _faults.Clear(GetEvents);
    }

    /// <summary>Subscribes to the folder that is at the path now.</summary>
    public void Subscribe() => Subscribe(_changes);

    /// <summary>Subscribes to the folders above, and to those of links on the way.</summary>
    /// <remarks>A change there puts another folder at the path, and makes no event in the folder.</remarks>
    public void SubscribePlaces()
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

    /// <summary>Subscribes to the folder of <c>status_path</c>. Without its events, changes there are seen at the next scan.</summary>
    /// <param name="path">The folder of the status files.</param>
    public void SubscribeStatus(string path)
    {
        if (_isOnce || _settings.StatusPath is null)
            return;
        if (_statusChanges is { } other && other.Path != path)
            _inotify.Unsubscribe(other);
        if (_statusChanges?.Path != path)
        {
            var names = new StatusName(_settings.Name);
            _statusChanges = new FolderChangeBuffer(
                path,
                needsWrites: false,
                needsFolders: false,
                openFiles: null,
                name => names.TryParse(name, out _, out _),
                _ => false,
                _wake);
        }

        _ = _inotify.Subscribe(_statusChanges!);
    }

    /// <summary>Takes other settings. The new subscriptions replace the former ones without a gap.</summary>
    /// <returns>The files that the former subscriptions have seen removed.</returns>
    public IReadOnlyCollection<string> Reconfigure(WatchSettings settings)
    {
        var isSame = (settings.IsUpdated, settings.NeedsOtherNames, settings.Depth)
            == (_settings.IsUpdated, _settings.NeedsOtherNames, _settings.Depth);
        _settings = settings;
        if (isSame)
            return [];

        // The new subscriptions first, so that no close of a file is missed.
        var (former, formerSubfolders) = (_changes, Subfolders);
        _changes = NewChanges();
        Subfolders = NewSubfolders();
        Subscribe();
        foreach (var (folder, _) in formerSubfolders.All.Where(other => settings.IsWatched(other.Path)))
            _ = Subfolders.Enter(folder);
        Unsubscribe(former);
        formerSubfolders.Clear();
        return former.Take().Removed;
    }

    /// <summary>Ends all subscriptions.</summary>
    public void End()
    {
        _inotify.Unsubscribe(_changes);
        _places.ForEach(_inotify.Unsubscribe);
        _places.Clear();
        Subfolders.Clear();
        if (_statusChanges is { } status)
            _inotify.Unsubscribe(status);
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

    private Subfolders NewSubfolders() => new(
        _settings.Path!, folder => new SubfolderListener(folder, _changes), listener => Subscribe(listener), Unsubscribe);

    private void Subscribe(IFolderListener listener)
    {
        if (_isOnce)
            return;
        var error = _inotify.Subscribe(listener);
        if (error is null || !ByteFile.IsFolder(listener.Path))
        {
            _ = _refused.Remove(listener);
            return;
        }

        // A limit concerns many folders, not always the same ones.
        _ = _refused.Add(listener);
        _faults.Report(
            GetEvents, error, $"what has none, such as {listener.Path}, is read every {_settings.Rescan.TotalSeconds} s (rescan)");
    }

    private void Unsubscribe(IFolderListener listener)
    {
        _inotify.Unsubscribe(listener);
        _ = _refused.Remove(listener);
    }

    private string GetEvents => $"get all change events in {_settings.Path}";
}
