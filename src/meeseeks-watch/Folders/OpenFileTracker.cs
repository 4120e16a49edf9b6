using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What events tell about the files of a folder: which are being written, and which are complete.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="path">The folder.</param>
/// <param name="probe">Finds whether a file is open for writing.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenFileTracker(string path, Func<string, Writers> probe, TimeProvider time)
{
    // An event has only one of the names of a file that is closed. So many files that may be the same one are probed.
    private const int MostProbed = 64;
    private const int MostClosed = 4096;

    private readonly Lock _lock = new();

    // With what was known at the last review, and since when that is so.
    private readonly Dictionary<string, (FileFacts? Facts, long Since)> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _completed = new(StringComparer.Ordinal);

    // The numbers of files that were closed lately, under whatever name.
    private readonly HashSet<ulong> _closed = [];

    /// <summary>The path of a file.</summary>
    public string PathOf(string name) => Path.Join(path, name);

    /// <summary>Asks the system whether a file is open for writing.</summary>
    public Writers WritersOf(string name) => probe(PathOf(name));

    /// <summary>The names of all files that are being written.</summary>
    public string[] All()
    {
        lock (_lock)
            return [.. _written.Keys];
    }

    /// <summary>Whether a file is being written.</summary>
    public bool IsWritten(string name)
    {
        lock (_lock)
            return _written.ContainsKey(name);
    }

    /// <summary>Whether an event has told that a file is complete, and none after it that it is written again.</summary>
    public bool IsCompleted(string name)
    {
        lock (_lock)
            return _completed.Contains(name);
    }

    /// <summary>Takes an event.</summary>
    /// <param name="change">The event.</param>
    /// <param name="name">The name.</param>
    /// <param name="isWatched">Whether it is that of a file of the watch.</param>
    /// <returns>Other files that are complete now.</returns>
    public IReadOnlyList<string> Take(FolderChange change, string name, bool isWatched = true)
    {
        // A file may be written under a hidden or excluded name, and be linked to another one.
        var isHidden = !isWatched || RelativePath.IsHidden(name);
        switch (change)
        {
            case FolderChange.Created when !isHidden && IsOpen(name):
            case FolderChange.Written when !isHidden && (IsWritten(name) || !IsOfRemoved(name)):
                Add(name);
                return [];
            case FolderChange.Created or FolderChange.MovedIn when !isHidden:
                _ = Complete(name);
                return [];
            case FolderChange.Closed:
                var isOnlyName = NoteClosed(name);
                return !isHidden && Complete(name) && isOnlyName ? [] : CompleteOthers();
            case FolderChange.Removed:
                Forget(name);
                return [];
            default:
                return [];
        }
    }

    /// <summary>Forgets all files in a folder: they were those of another one.</summary>
    /// <param name="folder">The folder, relative to the watched one, which is empty.</param>
    public void ForgetWithin(string folder = "")
    {
        lock (_lock)
        {
            foreach (var name in _written.Keys.Where(name => RelativePath.IsWithin(name, folder)).ToList())
                _ = _written.Remove(name);
            _ = _completed.RemoveWhere(name => RelativePath.IsWithin(name, folder));
            if (folder.Length == 0)
                _closed.Clear();
        }
    }

    /// <summary>Forgets what events have told of complete files, because later ones were lost.</summary>
    public void ForgetCompleted()
    {
        lock (_lock)
            _completed.Clear();
    }

    /// <summary>Adds a file that a process was found to write.</summary>
    public void Add(string name)
    {
        lock (_lock)
        {
            _ = _completed.Remove(name);
            _ = _written.TryAdd(name, (null, 0));
        }
    }

    /// <summary>Removes a file that is gone or processed.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            _ = _written.Remove(name);
            _ = _completed.Remove(name);
        }
    }

    /// <summary>Asks again about each file that is being written, because events may have been lost.</summary>
    /// <param name="quiet">How long a file is unchanged that counts as closed where the system does not tell.</param>
    public void Review(TimeSpan quiet)
    {
        foreach (var name in All())
        {
            var facts = FileKind.FactsOf(PathOf(name));
            var writers = facts is { Kind: FileKind.Regular } ? WritersOf(name) : Writers.None;
            lock (_lock)
            {
                if (!_written.TryGetValue(name, out var known))
                    continue;

                var isQuiet = known.Facts == facts && time.GetElapsedTime(known.Since) >= quiet;
                if (writers is Writers.None || (writers is Writers.Unknown && isQuiet))
                    _ = _written.Remove(name);
                else if (known.Facts != facts)
                    _written[name] = (facts, time.GetTimestamp());
            }
        }
    }

    // A name appears when a file is made, which is open then, and when a file is linked.
    private bool IsOpen(string name)
    {
        var full = PathOf(name);
        if (FileKind.FactsOf(full) is not { Kind: FileKind.Regular } facts)
            return false;

        return WritersOf(name) switch
        {
            Writers.None => false,
            Writers.Some => true,
            _ => facts.Links is 1 && !WasClosed(facts.Id.Number) && FileKind.FactsOf(full, isFollowed: false)?.Kind is FileKind.Regular,
        };
    }

    // A program that still writes a removed file makes events under its name, which may be that of another file by now.
    private bool IsOfRemoved(string name) => WritersOf(name) is Writers.None;

    // False when events have told of nothing else under this name.
    private bool Complete(string name)
    {
        lock (_lock)
            return _written.Remove(name) | !_completed.Add(name);
    }

    // False when the file has other names, too, or this one no more.
    private bool NoteClosed(string name)
    {
        if (FileKind.FactsOf(PathOf(name), isFollowed: false) is not { } facts)
            return false;
        lock (_lock)
        {
            if (_closed.Count >= MostClosed)
                _closed.Clear();
            _ = _closed.Add(facts.Id.Number);
        }

        return facts.Links is 1;
    }

    private bool WasClosed(ulong number)
    {
        lock (_lock)
            return _closed.Contains(number);
    }

    private List<string> CompleteOthers()
    {
        var others = All();
        if (others.Length > MostProbed)
            return [];

        var complete = others.Where(name => !IsOpen(name)).ToList();
        complete.ForEach(other => _ = Complete(other));
        return complete;
    }
}
