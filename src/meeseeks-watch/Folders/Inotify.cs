using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;
using Serilog;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Reports changes in folders by inotify(7).</summary>
/// <remarks>
/// The blocking read needs a thread of its own. Disposal wakes it by the removal of a watch. When reading fails, all listeners have lost
/// their events, and can subscribe no more.
/// </remarks>
/// <param name="log">Receives the faults of listeners.</param>
internal sealed class Inotify(ILogger log) : IFolderEvents, IDisposable
{
    private const uint Names = InotifyNative.Create | InotifyNative.MovedFrom | InotifyNative.MovedTo | InotifyNative.Delete
        | InotifyNative.DeleteSelf | InotifyNative.MoveSelf | InotifyNative.OnlyDirectories | InotifyNative.AddToMask;

    private const uint Files = Names | InotifyNative.CloseWrite | InotifyNative.Attributes;

    private const int HeaderSize = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<IFolderListener>> _listeners = [];
    private readonly Dictionary<IFolderListener, int> _watches = [];
    private int _queue = -1;
    private Thread? _thread;
    private string? _failure;
    private volatile bool _isEnding;

    /// <summary>The descriptor of the event queue, for tests; -1 before the first listener.</summary>
    internal int Queue => _queue;

    /// <inheritdoc/>
    public string? Subscribe(IFolderListener listener)
    {
        lock (_lock)
        {
            if (TryOpen() is { } unopened)
                return unopened;
            var watch = InotifyNative.Add(_queue, listener.Path, MaskOf(listener));
            if (watch < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                Forget(listener);
                return error is ErrorNumber.NoSpace
                    ? "the limit of watches of this user is reached (sysctl fs.inotify.max_user_watches)"
                    : ErrorNumber.TextOf(error);
            }

            if (_watches.TryGetValue(listener, out var present) && present == watch)
                return null;
            Forget(listener);
            if (!_listeners.TryGetValue(watch, out var listeners))
                _listeners.Add(watch, listeners = []);
            listeners.Add(listener);
            _watches.Add(listener, watch);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Unsubscribe(IFolderListener listener)
    {
        lock (_lock)
            Forget(listener);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_thread is null || _isEnding)
            return;
        _isEnding = true;
        _ = InotifyNative.Remove(_queue, InotifyNative.Add(_queue, "/", InotifyNative.DeleteSelf));
        _thread.Join();
        _ = LibC.Close(_queue);
    }

    private static uint MaskOf(IFolderListener listener) =>
        !listener.NeedsFiles ? Names : listener.NeedsWrites ? Files | InotifyNative.Modify : Files;

    // Opens the event queue and starts its thread, unless they are there. A limit may have been raised since the last try.
    private string? TryOpen()
    {
        if (_queue >= 0)
            return _failure;
        _queue = InotifyNative.Open(OpenFlag.CloseOnExec);
        if (_queue < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is ErrorNumber.ProcessStarved
                ? "the limit of inotify instances of this user, or of open files, is reached (sysctl fs.inotify.max_user_instances)"
                : ErrorNumber.TextOf(error);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "inotify" };
        _thread.Start();
        return null;
    }

    private void Forget(IFolderListener listener)
    {
        if (!_watches.Remove(listener, out var watch) || !_listeners[watch].Remove(listener) || _listeners[watch].Count > 0)
            return;
        _ = _listeners.Remove(watch);
        _ = InotifyNative.Remove(_queue, watch);
    }

    private unsafe void Run()
    {
        var buffer = new byte[64 * 1024];
        while (!_isEnding)
        {
            int length;
            fixed (byte* start = buffer)
                length = (int)LibC.Read(_queue, start, buffer.Length);
            if (length < 0 && Marshal.GetLastPInvokeError() is var error and not ErrorNumber.Interrupted)
            {
                Fail(ErrorNumber.TextOf(error));
                return;
            }

            for (var at = 0; at + HeaderSize <= length;)
            {
                var header = buffer.AsSpan(at, HeaderSize);
                var size = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
                var name = buffer.AsSpan(at + HeaderSize, size);
                var end = name.IndexOf((byte)0);
                Dispatch(
                    BinaryPrimitives.ReadInt32LittleEndian(header),
                    BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                    ByteText.Decode(end < 0 ? name : name[..end]));
                at += HeaderSize + size;
            }
        }
    }

    // Each watch logs it when it subscribes again, and reads its folder at each rescan from then on.
    private void Fail(string problem)
    {
        IFolderListener[] listeners;
        lock (_lock)
        {
            _failure = $"inotify read failed: {problem}";
            listeners = [.. _watches.Keys];
            _watches.Clear();
            _listeners.Clear();
        }

        foreach (var listener in listeners)
            Report(listener, FolderChange.Lost, "");
    }

    // A fault of one listener must not keep the events from the others. The next rescan finds the change.
    private void Report(IFolderListener listener, FolderChange change, string name)
    {
        try
        {
            listener.Report(change, name);
        }
#pragma warning disable CA1031 // The top of a thread: a failing listener must not end the program.
        catch (Exception problem)
        {
            log.Error(problem, "change in {Path} not handled: internal error; please report it", listener.Path);
        }
#pragma warning restore CA1031
    }

    private void Dispatch(int watch, uint what, string name)
    {
        IFolderListener[] listeners;
        lock (_lock)
        {
            // The queue has overflowed: each listener may have lost events.
            listeners = (what & InotifyNative.Overflow) != 0 ? [.. _listeners.Values.SelectMany(all => all).Distinct()]
                : _listeners.TryGetValue(watch, out var known) ? [.. known]
                : [];
            if ((what & InotifyNative.Ignored) != 0 && _listeners.Remove(watch, out var ended))
                ended.ForEach(listener => _ = _watches.Remove(listener));
        }

        var change = ChangeOf(what);
        var isFolder = (what & InotifyNative.IsDirectory) != 0 && change is not (FolderChange.Lost or FolderChange.Overflow);
        foreach (var listener in listeners.Where(listener => !isFolder || listener.NeedsFolders))
            Report(listener, isFolder ? FolderChange.Folder : change, name);
    }

    private static FolderChange ChangeOf(uint what)
    {
        const uint lost = InotifyNative.DeleteSelf | InotifyNative.MoveSelf | InotifyNative.Unmount | InotifyNative.Ignored;
        return (what & InotifyNative.Overflow) != 0 ? FolderChange.Overflow
            : (what & lost) != 0 ? FolderChange.Lost
            : (what & InotifyNative.Create) != 0 ? FolderChange.Created
            : (what & InotifyNative.Modify) != 0 ? FolderChange.Written
            : (what & InotifyNative.CloseWrite) != 0 ? FolderChange.Closed
            : (what & InotifyNative.MovedTo) != 0 ? FolderChange.MovedIn
            : (what & (InotifyNative.Delete | InotifyNative.MovedFrom)) != 0 ? FolderChange.Removed
            : FolderChange.Touched;
    }
}
