using System.Net.Sockets;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Reports that the file of a Unix socket may have been deleted or replaced.</summary>
internal sealed class SocketFileWatch : IDisposable
{
    private readonly FileSystemWatcher? _watcher;

    private SocketFileWatch(FileSystemWatcher? watcher) => _watcher = watcher;

    /// <summary>Watches the file of a socket.</summary>
    /// <param name="path">The path of the socket.</param>
    /// <param name="changed">Called on another thread, also for changes that leave the file as it is.</param>
    /// <param name="ended">Called on another thread when there are no more reports, with the reason.</param>
    /// <param name="problem">Why there are no reports, for example because inotify has no watch left; null when there are.</param>
    public static SocketFileWatch Start(UnixDomainSocketEndPoint path, Action changed, Action<string> ended, out string? problem)
    {
        problem = null;
        var full = Path.GetFullPath(path.ToString()!);
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(full)!, Path.GetFileName(full)) { NotifyFilter = NotifyFilters.FileName };
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Error += (_, error) =>
            {
                changed();

                // Lost events end nothing.
                if (error.GetException() is not InternalBufferOverflowException and var failure)
                    ended(failure.Message);
            };
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            watcher = null;
            problem = failure.Message;
        }

        return new SocketFileWatch(watcher);
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher?.Dispose();
}
