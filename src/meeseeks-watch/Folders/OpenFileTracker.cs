namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>
/// The files in a folder that somebody is known to be writing: made or added to, and not closed yet. One that is not closed and has not
/// changed for a while is taken as complete: it may be a link, which nobody closes.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenFileTracker(string path, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _names = [];

    /// <summary>All of them.</summary>
    public string[] All()
    {
        lock (_lock)
            return [.. _names];
    }

    /// <summary>Whether a file is one of them.</summary>
    public bool Has(string name)
    {
        lock (_lock)
            return _names.Contains(name);
    }

    /// <summary>Takes note that somebody writes a file.</summary>
    public void Add(string name)
    {
        lock (_lock)
            _ = _names.Add(name);
    }

    /// <summary>Takes note that nobody does any more.</summary>
    public void Forget(string name)
    {
        lock (_lock)
            _ = _names.Remove(name);
    }

    /// <summary>Lets go of those that have not changed for some time.</summary>
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
