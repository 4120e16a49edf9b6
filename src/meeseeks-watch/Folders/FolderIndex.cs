using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The contents of a watched folder, kept up to date by events.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class FolderIndex
{
    private readonly WatchSettings _settings;
    private readonly string _path;
    private readonly OpenFileTracker _openFiles;
    private readonly TimeProvider _time;
    private readonly HiddenNames _hidden;
    private readonly FolderReader _reader;
    private readonly FolderSets _sets;
    private readonly StatusIndex _status;
    private SortedFileList _files = new([]);

    // Folders and hidden files, which may be skip files or markers. Without skip and marker, they are not read.
    private HashSet<string> _others = new(StringComparer.Ordinal);

    /// <summary>Makes an index without contents.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="openFiles">What is known of the files that are being written.</param>
    /// <param name="time">The source of the time.</param>
    public FolderIndex(WatchSettings settings, OpenFileTracker openFiles, TimeProvider time)
    {
        (_settings, _path, _openFiles, _time) = (settings, settings.Path!, openFiles, time);
        (_hidden, _sets) = (new HiddenNames(settings), new FolderSets(settings));
        _status = new StatusIndex(settings, name => _files.TryGet(name, out var file) ? file.Mtime : null, time);
        _reader = new FolderReader(settings, _hidden, _status.Account);
    }

    private long Now => FileTime.Of(_time.GetUtcNow());

    /// <summary>The folder of the status files.</summary>
    public string StatusPath => _status.Path;

    /// <summary>The status files of the watch.</summary>
    public StatusTable Status => _status.Table;

    /// <summary>The number of files.</summary>
    public int Count => _files.Count;

    /// <summary>A snapshot, valid until the next change of the index.</summary>
    public FolderSnapshot Snapshot() => FolderSnapshot.OfSorted(_files, Status, _others, _sets.History);

    /// <summary>Stores the finished files of a plan for the current snapshot.</summary>
    public void MarkFinished(Plan plan)
    {
        _sets.History.Keep(plan);
        foreach (var (position, list) in plan.Finished)
        {
            var file = _files[position];
            _files.ReplaceAt(position, file with { FinishedInList = list });
            if (list >= 0)
                _openFiles.Forget(file.Name);
        }
    }

    /// <summary>Whether a file is there.</summary>
    public bool Has(string name) => _files.Contains(name);

    /// <summary>Whether a folder in the watched one is there, and none of its files.</summary>
    public bool IsEmptyFolder(string folder) => _others.Contains(folder) && !_files.Within(folder).Any();

    /// <summary>Reads some folders with all that is watched below them. The index stays as it is when that fails.</summary>
    /// <param name="places">The folders, relative to the watched one; null for the whole.</param>
    /// <param name="enter">Receives each folder before it is read.</param>
    /// <param name="onFault">Receives each sub-folder that cannot be read, and the reason.</param>
    /// <returns>The files that are not there any more.</returns>
    /// <exception cref="IOException">The watched folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the folder is denied.</exception>
    public IReadOnlyList<string> Read(
        IReadOnlyCollection<string>? places = null, Action<string>? enter = null, Action<string, string>? onFault = null)
    {
        places ??= [string.Empty];
        if (FolderProblem.Of(_path) is { } problem)
            throw new IOException(problem);
        var outer = places.Where(place => !places.Any(other => other != place && RelativePath.IsWithin(place, other))).ToList();
        var statusPath = StatusFolder.Of(_settings);
        var found = new FolderContents(_settings, _hidden, key => _status.Account.ReadFailure(key).Failures);
        if (outer.Contains(string.Empty))
            _status.Account.BeginScan();
        foreach (var place in outer)
            found.Add(_reader.Files(place, enter, onFault));
        if (_settings.StatusPath is { } elsewhere && HasStatusFolder(elsewhere, statusPath))
        {
            foreach (var place in outer)
                found.Add(_reader.Status(statusPath, place));
        }

        found.Sort();
        _status.Path = statusPath;
        _openFiles.Review(_settings.Rescan);
        MarkWritten(found.Files);
        KeepSeenTimes(found.Files);
        IReadOnlyList<WatchedFile> former = outer.Contains(string.Empty) ? TakeAll(found) : Take(found, outer);
        foreach (var (key, time) in found.Notes)
            _status.AddNote(key, time);
        return SortedFiles.Missing(former, found.Files);
    }

    /// <summary>Updates the index for some names.</summary>
    public void Refresh(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!RelativePath.IsHidden(name))
                RefreshFile(name);
            else if (_hidden.IsHiddenMarker(name))
                RefreshOther(name, FileKind.FactsOf(Path.Join(_path, name), isFollowed: false) is not null);
            else if (_status.Refresh(name) is { } file)
                ClearFinished(file);
        }
    }

    /// <summary>Removes a file that does not exist.</summary>
    public void Drop(string name)
    {
        ClearFinished(name);
        _status.DropOf(name);
        if (_files.Remove(name))
            _sets.Remove(name);
    }

    /// <summary>Sets whether a file can be processed.</summary>
    public void SetReadiness(string name, FileReadiness readiness)
    {
        ClearFinished(name);
        if (_files.TryGet(name, out var file))
            _ = _files.Put(file with { Readiness = readiness });
    }

    /// <summary>Reads the time of a file.</summary>
    /// <returns>Whether it is another one than the index had.</returns>
    public bool TryUpdateTime(string name)
    {
        if (!_settings.NeedsMtimes || !_files.TryGet(name, out var file)
            || FileKind.FactsOf(Path.Join(_path, name))?.WriteTime == file.Mtime)
            return false;
        RefreshFile(name);
        return true;
    }

    /// <summary>Makes the rules evaluate a file again, and its fileset.</summary>
    public void ClearFinished(string name)
    {
        foreach (var other in _sets.ConcernsOf(name))
        {
            if (_files.TryGet(other, out var file) && file.FinishedInList is not null)
                _ = _files.Put(file with { FinishedInList = null });
        }
    }

    private SortedFileList TakeAll(FolderContents found)
    {
        var former = _files;
        _sets.Replace(found.Files.Select(file => file.Name), SortedFiles.Missing(former, found.Files), Has);
        (_files, _others) = (new SortedFileList(found.Files), found.Others);
        _status.Replace(found.Status);
        return former;
    }

    private List<WatchedFile> Take(FolderContents found, IReadOnlyCollection<string> places)
    {
        var former = places.SelectMany(FilesAt).ToList();
        SortedFiles.Sort(former);

        // A new folder, which is common, holds nothing that is known.
        if (former.Count > 0 || places.Any(_others.Contains))
            _status.Replace(found.Status, places);
        else
            _status.Add(found.Status);

        _ = _others.RemoveWhere(other => places.Any(place => RelativePath.IsWithin(other, place)));
        _others.UnionWith(found.Others);
        _others.UnionWith(places.Where(place => ByteFile.IsFolder(Path.Join(_path, place))));
        SortedFiles.Missing(former, found.Files).ForEach(_sets.Remove);
        SortedFiles.Missing(found.Files, former).ForEach(_sets.Add);
        former.ForEach(file => _ = _files.Remove(file.Name));
        found.Files.ForEach(file => _ = _files.Put(file));
        return former;
    }

    // The files in a folder, and a file of its name.
    private IEnumerable<WatchedFile> FilesAt(string place) =>
        _files.TryGet(place, out var file) ? _files.Within(place).Prepend(file) : _files.Within(place);

    // Without the folder of status_path, for example a disk that is not mounted, all files would run again.
    private static bool HasStatusFolder(string elsewhere, string statusPath) =>
        Directory.Exists(statusPath)
        || (Directory.Exists(elsewhere) ? false : throw new DirectoryNotFoundException($"status_path: there is no folder {elsewhere}"));

    private void MarkWritten(List<WatchedFile> files)
    {
        foreach (var name in _openFiles.All())
        {
            var place = SortedFiles.Find(files, name);
            if (place >= 0)
                files[place] = files[place] with { Readiness = FileReadiness.BeingWritten };
        }
    }

    private void KeepSeenTimes(List<WatchedFile> files)
    {
        if (!_settings.NeedsMtimes)
            return;
        var now = Now;
        for (var place = 0; place < files.Count; place++)
            files[place] = Seen(files[place], now);
    }

    // A time that lies ahead is of another clock, and says nothing about the age.
    private WatchedFile Seen(WatchedFile file, long now)
    {
        if (file.Mtime <= now)
            return file;
        var isKnown = _files.TryGet(file.Name, out var known) && known.Mtime == file.Mtime && known.SeenAt > 0;
        return file with { SeenAt = isKnown ? known.SeenAt : now };
    }

    private void RefreshFile(string name)
    {
        var path = Path.Join(_path, name);
        if (FileTime.OfFile(path) is not { } time)
        {
            _openFiles.Forget(name);
            Drop(name);
            RefreshOther(name, _settings.NeedsOtherNames && ByteFile.IsFolder(path));
            return;
        }

        ClearFinished(name);
        var readiness = _openFiles.IsWritten(name) ? FileReadiness.BeingWritten : FileReadiness.Ready;
        var mtime = _settings.NeedsMtimes ? FileKind.FactsOf(path)?.WriteTime ?? time : 0;
        var file = Seen(new WatchedFile(name, mtime, readiness), Now);
        if (_files.Put(file))
            _sets.Add(name);
        _status.RefreshOf(name);
    }

    private void RefreshOther(string name, bool isPresent) => _ = isPresent ? _others.Add(name) : _others.Remove(name);
}
