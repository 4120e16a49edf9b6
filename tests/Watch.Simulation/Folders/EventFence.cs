using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchSimulation.Folders;

/// <summary>Waits until the events of all earlier changes have arrived: one of its own arrives after them.</summary>
internal sealed class EventFence : IFolderListener, IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Inotify _inotify;
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly string _file;
    private UnixFileMode _mode = UnixFileMode.UserRead;

    public EventFence(Inotify inotify, string folder)
    {
        (_inotify, Path) = (inotify, folder);
        _file = System.IO.Path.Join(folder, "fence");
        File.WriteAllText(_file, "");
        if (inotify.Subscribe(this) is { } problem)
            throw new IOException(problem);
    }

    public string Path { get; }

    public bool NeedsFiles => true;

    public bool NeedsWrites => false;

    public bool NeedsFolders => false;

    public void Report(FolderChange change, string name) => _arrived.Release();

    public void Pass()
    {
        _mode ^= UnixFileMode.UserWrite;
        File.SetUnixFileMode(_file, _mode);
        if (!_arrived.Wait(Longest))
            throw new TimeoutException("The system reports no changes.");
    }

    public void Dispose()
    {
        _inotify.Unsubscribe(this);
        _arrived.Dispose();
    }
}
