using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>A folder with the locks of watchers, which end with it.</summary>
internal sealed class LockFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<FolderLock> _locks = [];

    /// <summary>The owner of a lock.</summary>
    public static LockOwner Owner { get; } = new("host", 7, "w", DateTimeOffset.UnixEpoch);

    /// <summary>Its path.</summary>
    public string Path => _folder.Path;

    /// <summary>The file of the lock for the watch <c>in</c>.</summary>
    public string LockPath => File("._in_0_.lock");

    /// <summary>The full path of a file in it.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Writes a file.</summary>
    public void Write(string name, string text) => _folder.Write(name, text);

    /// <summary>A lock that is not tried yet.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="set">Sets the lock of the system; null for the usual way.</param>
    /// <param name="subfolder">The locked folder, which is made; empty for this one.</param>
    /// <param name="statusPath">The folder of the status files; null for the locked one.</param>
    public FolderLock New(string watch = "in", Func<int, int>? set = null, string subfolder = "", string? statusPath = null)
    {
        var one = new FolderLock(HeldFolder.TryOpen(_folder.Folder(subfolder))!, statusPath, watch, set);
        _locks.Add(one);
        return one;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _locks.ForEach(one => one.Dispose());
        _folder.Dispose();
    }
}
