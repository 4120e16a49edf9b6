using System.Runtime.InteropServices;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The events of the system, when something fails on their way.</summary>
public sealed partial class InotifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LinesLog _log = new();

    [Fact]
    public async Task A_failed_read_ends_the_events_and_each_listener_is_told_why()
    {
        using var inotify = new Inotify(_log.Logger);
        var listener = new Listener(_folder.Path);
        inotify.Subscribe(listener).Should().BeNull();

        // The read that waits now returns the next event, and the one after it fails.
        await using (var other = new FileStream(_folder.File("other"), FileMode.Create, FileAccess.Write))
            _ = ReplaceDescriptor((int)other.SafeFileHandle.DangerousGetHandle(), inotify.Queue);

        _ = _folder.Write("a", "x");

        await Wait.Until(
            () => listener.Has(FolderChange.Lost), () => "no loss of events reported", TestContext.Current.CancellationToken);
        inotify.Subscribe(listener).Should().Be("inotify read failed: Bad file descriptor");
        listener.Count(FolderChange.Lost).Should().Be(1);
    }

    [Fact]
    public async Task A_listener_that_fails_keeps_no_event_from_the_others()
    {
        using var inotify = new Inotify(_log.Logger);
        var (failing, other) = (new Listener(_folder.Path) { Failure = new InvalidOperationException("bug") }, new Listener(_folder.Path));
        inotify.Subscribe(failing).Should().BeNull();
        inotify.Subscribe(other).Should().BeNull();

        _ = _folder.Write("a", "x");

        await Wait.Until(() => other.Has(FolderChange.Created), () => "no event", TestContext.Current.CancellationToken);
        _log.Lines.First().Should().Contain("internal error");
    }

    public void Dispose() => _folder.Dispose();

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReplaceDescriptor(int by, int descriptor);

    private sealed class Listener(string path) : IFolderListener
    {
        private readonly Lock _lock = new();
        private readonly List<FolderChange> _changes = [];

        public string Path => path;

        public bool NeedsFiles => true;

        public bool NeedsWrites => false;

        public bool NeedsFolders => false;

        public Exception? Failure { get; init; }

        public bool Has(FolderChange change) => Count(change) > 0;

        public int Count(FolderChange change)
        {
            lock (_lock)
                return _changes.Count(one => one == change);
        }

        public void Report(FolderChange change, string name)
        {
            if (Failure is not null)
                throw Failure;
            lock (_lock)
                _changes.Add(change);
        }
    }
}
