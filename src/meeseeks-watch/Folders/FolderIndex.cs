using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The contents of a watched folder, kept up to date by events.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class FolderIndex(WatchSettings settings, OpenFileTracker openFiles, TimeProvider time)
{
    private readonly string _path = settings.Path!;
    private readonly StatusName _names = new(settings.Name);
    private SortedFileList _files = new([]);
    private readonly FolderSets _sets = new(settings);

    // Folders and hidden files, which may be skip files or markers. Without skip and marker, they are not read.
    private HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly HiddenNames _hidden = new(settings);
    private StatusAccount? _account;
    private FolderReader? _reader;

    private long Now => FileTime.Of(time.GetUtcNow());

    /// <summary>The folder of the status files.</summary>
    public string StatusPath { get; private set; } = StatusFolder.Of(settings);

    /// <summary>The status files of the watch.</summary>
    public StatusTable Status { get; private set; } = new();

    private StatusAccount Account => _account ??= StatusAccount.Of(settings, () => StatusPath, time: time);

    private FolderReader Reader => _reader ??= new FolderReader(settings, _hidden, Account);

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
                openFiles.Forget(file.Name);
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
        var statusPath = StatusFolder.Of(settings);
        var found = new FolderContents(settings, _hidden, key => Account.ReadFailure(key).Failures);
        if (outer.Contains(string.Empty))
            Account.BeginScan();
        foreach (var place in outer)
            found.Add(Reader.Files(place, enter, onFault));
        if (settings.StatusPath is { } elsewhere && HasStatusFolder(elsewhere, statusPath))
        {
            foreach (var place in outer)
                found.Add(Reader.Status(statusPath, place));
        }

        found.Sort();
        StatusPath = statusPath;
        openFiles.Review(settings.Rescan);
        MarkWritten(found.Files);
        KeepSeenTimes(found.Files);
        IReadOnlyList<WatchedFile> former = outer.Contains(string.Empty) ? TakeAll(found) : Take(found, outer);
        foreach (var (key, time) in found.Notes)
            AddNote(key, time);
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
            else if (_names.TryParse(name, out var key, out var state) && Account.IsFile(state))
                RefreshStatus(name, key, state);
        }
    }

    /// <summary>Removes a file that does not exist.</summary>
    public void Drop(string name)
    {
        ClearFinished(name);
        if (Account.GoesWithFile)
            DropResults(name);
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
        if (!settings.NeedsMtimes || !_files.TryGet(name, out var file)
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
        found.Status.TakeFailures(Status);
        _sets.Replace(found.Files.Select(file => file.Name), SortedFiles.Missing(former, found.Files), Has);
        (_files, _others, Status) = (new SortedFileList(found.Files), found.Others, found.Status);
        return former;
    }

    private List<WatchedFile> Take(FolderContents found, IReadOnlyCollection<string> places)
    {
        var former = places.SelectMany(FilesAt).ToList();
        SortedFiles.Sort(former);

        // A new folder, which is common, holds nothing that is known.
        if (former.Count > 0 || places.Any(_others.Contains))
        {
            found.Status.TakeFailures(Status);
            Status.RemoveAll(key => places.Any(place => RelativePath.IsWithin(key.FileName, place)));
        }

        _ = _others.RemoveWhere(other => places.Any(place => RelativePath.IsWithin(other, place)));
        _others.UnionWith(found.Others);
        _others.UnionWith(places.Where(place => ByteFile.IsFolder(Path.Join(_path, place))));
        SortedFiles.Missing(former, found.Files).ForEach(_sets.Remove);
        SortedFiles.Missing(found.Files, former).ForEach(_sets.Add);
        former.ForEach(file => _ = _files.Remove(file.Name));
        found.Files.ForEach(file => _ = _files.Put(file));
        Status.AddAll(found.Status);
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
        foreach (var name in openFiles.All())
        {
            var place = SortedFiles.Find(files, name);
            if (place >= 0)
                files[place] = files[place] with { Readiness = FileReadiness.BeingWritten };
        }
    }

    private void KeepSeenTimes(List<WatchedFile> files)
    {
        if (!settings.NeedsMtimes)
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
        if (TimeOf(path) is not { } time)
        {
            openFiles.Forget(name);
            Drop(name);
            RefreshOther(name, settings.NeedsOtherNames && ByteFile.IsFolder(path));
            return;
        }

        ClearFinished(name);
        var readiness = openFiles.IsWritten(name) ? FileReadiness.BeingWritten : FileReadiness.Ready;
        var mtime = settings.NeedsMtimes ? FileKind.FactsOf(path)?.WriteTime ?? time : 0;
        var file = Seen(new WatchedFile(name, mtime, readiness), Now);
        if (_files.Put(file))
            _sets.Add(name);
        if (Account.GoesWithFile)
            RefreshResults(name);
    }

    private void RefreshResults(string name)
    {
        try
        {
            var results = Account.EntriesOf(name).ToList();
            DropResults(name);
            foreach (var (path, time, _) in results)
            {
                if (_names.TryParse(path, out var key, out var state))
                    AddStatus(key, state, time);
            }
        }
        catch (IOException)
        {
            // Those of the last read count until the next one, which says why.
        }
    }

    private void DropResults(string name)
    {
        foreach (var key in settings.WorkOf(name))
        {
            foreach (var state in AttributeName.States)
                Status.Remove(key, state);
        }
    }

    private void RefreshOther(string name, bool isPresent) => _ = isPresent ? _others.Add(name) : _others.Remove(name);

    private void RefreshStatus(string name, WorkKey key, StatusState state)
    {
        ClearFinished(key.FileName);
        if (TimeOf(Path.Join(StatusPath, name)) is not { } time)
            Status.Remove(key, state);
        else
            AddStatus(key, state, time);
    }

    private void AddStatus(WorkKey key, StatusState state, long time)
    {
        if (state is StatusState.Mtime)
            AddNote(key, time);
        else
            Status.Add(key, state, time);
    }

    // The time of a file or a link; null for a folder, and for no file.
    private static long? TimeOf(string path) =>
        FileKind.FactsOf(path, isFollowed: false) is { } facts && !ByteFile.IsFolder(path) ? facts.WriteTime : null;

    // The status file has the recorded time as its own change time. After a copy or an edit they differ, and its text is read.
    private void AddNote(WorkKey key, long ownTime)
    {
        if (!settings.IsUpdated)
        {
            Status.Add(key, StatusState.Mtime);
            return;
        }

        var time = _files.TryGet(key.FileName, out var file) && file.Mtime == ownTime
            ? ownTime
            : Account.ReadTime(key) ?? ownTime;
        Status.Add(key, StatusState.Mtime, time);
    }
}
