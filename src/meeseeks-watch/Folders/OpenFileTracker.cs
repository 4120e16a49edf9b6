namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The files in a folder that are being written: created or written, and not closed.</summary>
/// <remarks>
/// A file without a close event and without changes for a while counts as complete. It may be a hard link, which is never closed.
/// </remarks>
internal sealed class OpenFileTracker(string path, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _names = [];

    /// <summary>The names of all open files.</summary>
    public string[] All()
    {
        lock (_lock)
            return [.. _names];
    }

    /// <summary>Whether a file is open.</summary>
    public bool Has(string name)
    {
        lock (_lock)
            return _names.Contains(name);
    }

    /// <summary>Adds a file that is being written.</summary>
    public void Add(string name)
    {
        lock (_lock)
            _ = _names.Add(name);
    }

    /// <summary>Removes a file that is complete or gone.</summary>
    public void Forget(string name)
    {
        lock (_lock)
            _ = _names.Remove(name);
    }

    /// <summary>Removes files without changes for some time, and links.</summary>
    public void Review(TimeSpan quiet)
    {
        foreach (var name in All())
        {
            var info = new FileInfo(Path.Join(path, name));
            if (!info.Exists || info.LinkTarget is not null || time.GetUtcNow() - info.LastWriteTimeUtc > quiet)
                Forget(name);
        }
    }
}
