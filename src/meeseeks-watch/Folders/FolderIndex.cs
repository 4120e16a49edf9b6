using System.IO.Enumeration;
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
    private static readonly Comparer<WatchedFile> ByName =
        Comparer<WatchedFile>.Create((x, y) => ByteOrder.Instance.Compare(x.Name, y.Name));

    private readonly string _path = settings.Path!;
    private readonly StatusName _names = new(settings.Name);
    private List<WatchedFile> _files = [];
    private readonly FolderSets _sets = new(settings);

    // Folders and hidden files, which may be skip files or markers. Without skip and marker, they are not read.
    private HashSet<string> _others = new(StringComparer.Ordinal);

    private long Now => FileTime.Of(time.GetUtcNow());

    /// <summary>The folder of the status files.</summary>
    public string StatusPath { get; private set; } = StatusFolder.Of(settings);

    /// <summary>The status files of the watch.</summary>
    public StatusTable Status { get; private set; } = new();

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
            _files[position] = _files[position] with { FinishedInList = list };
            openFiles.Forget(_files[position].Name);
        }
    }

    /// <summary>Whether a file is there.</summary>
    public bool Has(string name) => Find(name) >= 0;

    /// <summary>Reads the whole folder. The index stays as it is when that fails.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the folder is denied.</exception>
    /// <returns>The files that are not there any more.</returns>
    public IReadOnlyList<string> Read()
    {
        if (FolderProblem.Of(_path) is { } problem)
            throw new IOException(problem);
        StatusPath = StatusFolder.Of(settings);
        var status = new StatusTable(
            key => FailureText.Read(Path.Join(StatusPath, _names.Of(key, StatusState.Failed))).Failures,
            settings.HasSets ? settings.SetKeyOf : null);
        var notes = new List<(WorkKey Key, long Time)>();
        var files = new List<WatchedFile>(_files.Count);
        var others = new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<(string Name, long Time, bool IsFolder)> entries =
            Entries(_path, hasFiles: true, hasStatus: settings.StatusPath is null);
        if (settings.StatusPath is { } elsewhere && HasStatusFolder(elsewhere))
            entries = entries.Concat(Entries(StatusPath, hasFiles: false, hasStatus: true));
        foreach (var (name, time, isFolder) in entries)
        {
            if (isFolder || IsHiddenMarker(name))
                _ = others.Add(name);
            else if (name[0] != '.')
                files.Add(new WatchedFile(name, time));
            else if (!_names.TryParse(name, out var key, out var state))
                continue;
            else if (state is StatusState.Mtime)
                notes.Add((key, time));
            else
                status.Add(key, state, time);
        }

        files.Sort(ByName);
        openFiles.Review(settings.Rescan);
        MarkWritten(files);
        KeepSeenTimes(files);
        var gone = NamesWithout(files);
        status.TakeFailures(Status);
        _sets.Replace(files.Select(file => file.Name), gone, Has);
        (_files, _others, Status) = (files, others, status);
        foreach (var (key, time) in notes)
            AddNote(key, time);
        return gone;
    }

    /// <summary>Updates the index for some names.</summary>
    public void Refresh(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!name.StartsWith('.'))
                RefreshFile(name);
            else if (IsHiddenMarker(name))
                RefreshOther(name, FileKind.FactsOf(Path.Join(_path, name), isFollowed: false) is not null);
            else if (_names.TryParse(name, out var key, out var state))
                RefreshStatus(name, key, state);
        }
    }

    /// <summary>Removes a file that does not exist.</summary>
    public void Drop(string name)
    {
        ClearFinished(name);
        var place = Find(name);
        if (place >= 0)
        {
            _files.RemoveAt(place);
            _sets.Remove(name);
        }
    }

    /// <summary>Sets whether a file can be processed.</summary>
    public void SetReadiness(string name, FileReadiness readiness)
    {
        ClearFinished(name);
        var place = Find(name);
        if (place >= 0)
            _files[place] = _files[place] with { Readiness = readiness };
    }

    /// <summary>Makes the rules evaluate a file again, and its fileset.</summary>
    public void ClearFinished(string name)
    {
        foreach (var other in _sets.ConcernsOf(name))
        {
            var place = Find(other);
            if (place >= 0)
                _files[place] = _files[place] with { FinishedInList = null };
        }
    }

    // Without the folder of status_path, for example a disk that is not mounted, all files would run again.
    private bool HasStatusFolder(string elsewhere) =>
        Directory.Exists(StatusPath)
        || (Directory.Exists(elsewhere) ? false : throw new DirectoryNotFoundException($"status_path: there is no folder {elsewhere}"));

    private IEnumerable<(string Name, long Time, bool IsFolder)> Entries(string folder, bool hasFiles, bool hasStatus)
    {
        var hasByteNames = false;
        var entries = new FileSystemEnumerable<(string Name, long Time, bool IsFolder)>(
            folder,
            (ref FileSystemEntry entry) => (entry.FileName.ToString(), Time(ref entry), entry.IsDirectory),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            // Names that do not concern the watch are filtered before a string is made of them.
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            {
                var mayBeOther = ByteNames.MayBe(entry.FileName);
                hasByteNames |= mayBeOther;
                return !mayBeOther && IsConcern(entry.FileName, entry.IsDirectory, hasFiles, hasStatus);
            },
        };
        foreach (var entry in entries)
            yield return entry;
        foreach (var name in hasByteNames ? ByteNames.In(folder) : [])
        {
            var path = Path.Join(folder, name);
            var isFolder = ByteFile.IsFolder(path);
            if (IsConcern(name, isFolder, hasFiles, hasStatus) && FileKind.FactsOf(path, isFollowed: false) is { } facts)
                yield return (name, FileKind.FactsOf(path)?.WriteTime ?? facts.WriteTime, isFolder);
        }
    }

    private bool IsConcern(ReadOnlySpan<char> name, bool isFolder, bool hasFiles, bool hasStatus) => IsHiddenMarker(name)
        ? hasFiles
        : (name[0] != '.' ? hasFiles : hasStatus && name.StartsWith(_names.Prefix, StringComparison.Ordinal))
            && (!isFolder || (settings.NeedsOtherNames && name[0] != '.'));

    // A time costs a system call for each name, so only times that a rule needs are read.
    private long Time(ref FileSystemEntry entry)
    {
        var isAsked = entry.FileName[0] != '.'
            ? settings.NeedsMtimes && !entry.IsDirectory
            : entry.FileName.EndsWith(".failed", StringComparison.Ordinal)
                || (settings.IsUpdated && entry.FileName.EndsWith(".mtime", StringComparison.Ordinal));
        if (!isAsked)
            return 0;
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
        return isLink && FileKind.FactsOf(entry.ToFullPath()) is { } target ? target.WriteTime : FileTime.Of(entry.LastWriteTimeUtc);
    }

    // Both lists are in order.
    private List<string> NamesWithout(List<WatchedFile> others)
    {
        var (names, other) = (new List<string>(), 0);
        foreach (var file in _files)
        {
            while (other < others.Count && ByName.Compare(others[other], file) < 0)
                other++;
            if (other == others.Count || ByName.Compare(others[other], file) > 0)
                names.Add(file.Name);
        }

        return names;
    }

    private void MarkWritten(List<WatchedFile> files)
    {
        foreach (var name in openFiles.All())
        {
            var place = Find(files, name);
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
        var place = Find(file.Name);
        var isKnown = place >= 0 && _files[place].Mtime == file.Mtime && _files[place].SeenAt > 0;
        return file with { SeenAt = isKnown ? _files[place].SeenAt : now };
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
        var place = Find(name);
        if (place >= 0)
        {
            _files[place] = file;
            return;
        }

        _files.Insert(~place, file);
        _sets.Add(name);
    }

    private void RefreshOther(string name, bool isPresent) => _ = isPresent ? _others.Add(name) : _others.Remove(name);

    private void RefreshStatus(string name, WorkKey key, StatusState state)
    {
        ClearFinished(key.FileName);
        if (TimeOf(Path.Join(StatusPath, name)) is not { } time)
            Status.Remove(key, state);
        else if (state is StatusState.Mtime)
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

        var place = Find(key.FileName);
        var time = place >= 0 && _files[place].Mtime == ownTime
            ? ownTime
            : FileTime.Read(Path.Join(StatusPath, _names.Of(key, StatusState.Mtime))) ?? ownTime;
        Status.Add(key, StatusState.Mtime, time);
    }

    private bool IsHiddenMarker(ReadOnlySpan<char> name) =>
        name[0] == '.'
        && settings.Marker is { } marker
        && marker.Is(name)
        && !name.StartsWith(_names.Prefix, StringComparison.Ordinal);

    private int Find(string name) => Find(_files, name);

    private static int Find(List<WatchedFile> files, string name) =>
        files.BinarySearch(new WatchedFile(name), ByName);
}
