using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchSimulation.Folders;

/// <summary>The events of one watcher. They are those of the system, but arrive when the history says so, or are lost.</summary>
/// <param name="inotify">The source of the events.</param>
internal sealed class SimulatedEvents(Inotify inotify) : IFolderEvents
{
    private readonly Dictionary<IFolderListener, Proxy> _proxies = [];
    private readonly Queue<(Proxy Proxy, FolderChange Change, string Name)> _queue = new();
    private bool _isFull;

    public string? Subscribe(IFolderListener listener)
    {
        if (!_proxies.TryGetValue(listener, out var proxy))
            _proxies[listener] = proxy = new Proxy(listener, this);
        return inotify.Subscribe(proxy);
    }

    public void Unsubscribe(IFolderListener listener)
    {
        if (!_proxies.Remove(listener, out var proxy))
            return;
        proxy.IsEnded = true;
        inotify.Unsubscribe(proxy);
    }

    /// <summary>Ends all subscriptions, as the end of a process does.</summary>
    public void Clear() => _proxies.Keys.ToList().ForEach(Unsubscribe);

    /// <summary>Loses all events from now on, until those before them are taken.</summary>
    public void Overflow()
    {
        lock (_queue)
            _isFull = true;
    }

    /// <summary>Delivers the next event.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryDeliverOne()
    {
        bool isOverflow;
        (Proxy Proxy, FolderChange Change, string Name) next;
        lock (_queue)
        {
            var hasOne = _queue.TryDequeue(out next);
            isOverflow = !hasOne && _isFull;
            if (!hasOne && !_isFull)
                return false;
            if (isOverflow)
                _isFull = false;
        }

        if (isOverflow)
            _proxies.Values.ToList().ForEach(proxy => proxy.Listener.Report(FolderChange.Overflow, ""));
        else if (!next.Proxy.IsEnded)
            next.Proxy.Listener.Report(next.Change, next.Name);
        return true;
    }

    private void Add(Proxy proxy, FolderChange change, string name)
    {
        lock (_queue)
        {
            if (!_isFull)
                _queue.Enqueue((proxy, change, name));
        }
    }

    private sealed class Proxy(IFolderListener listener, SimulatedEvents events) : IFolderListener
    {
        public IFolderListener Listener => listener;

        public bool IsEnded { get; set; }

        public string Path => listener.Path;

        public bool NeedsFiles => listener.NeedsFiles;

        public bool NeedsWrites => listener.NeedsWrites;

        public bool NeedsFolders => listener.NeedsFolders;

        public void Report(FolderChange change, string name) => events.Add(this, change, name);
    }
}
