using System.Runtime.InteropServices;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The lock of one watch on the folder of its status files (docs/SPECIFICATION.md#folder-lock).</summary>
/// <remarks>
/// Only a write lock counts, which nobody can get without the right to write the file. It is a file of mode 0600 until it is locked, and
/// then of mode 0644: a watcher of another user sees the lock, and nobody else can get one first.
/// </remarks>
internal sealed unsafe class FolderLock : IDisposable
{
    private const int OwnerOnly = 0x180;
    private const int ReadableByAll = 0x1a4;
    private const int LongestText = 1024;
    private const int MostReplacements = 5;
    private const int Safely = OpenFlag.NonBlocking | OpenFlag.NoTerminal | OpenFlag.CloseOnExec;

    private readonly HeldFolder _held;
    private readonly string _file;
    private readonly Func<int, int> _set;
    private int _descriptor = -1;

    /// <summary>Makes a lock that is not held.</summary>
    /// <param name="folder">The watched folder. The lock disposes of it.</param>
    /// <param name="statusPath">The folder of its status files; null for the folder itself.</param>
    /// <param name="watch">The name of the watch.</param>
    /// <param name="set">Locks an open file, and returns the number of the error or 0; null for <see cref="ByteLock.Set"/>.</param>
    public FolderLock(HeldFolder folder, string? statusPath, string watch, Func<int, int>? set = null)
    {
        (_held, Folder, _set) = (folder, statusPath ?? folder.Path, set ?? ByteLock.Set);
        _file = Path.Join(Folder, new StatusName(watch).Lock);
    }

    /// <summary>The folder of the status files.</summary>
    public string Folder { get; }

    /// <summary>Whether the lock is held.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Who held the lock at the last attempt; null when that is not known.</summary>
    public LockOwner? Other { get; private set; }

    /// <summary>Why the lock is impossible.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the file of the lock is in its place. Without it, the lock keeps nobody out.</summary>
    public bool IsInPlace =>
        FileKind.FactsOf(_file, isFollowed: false) is { } present && FileKind.FactsOf(Own) is { } own && present.Id == own.Id;

    /// <summary>Tries to get the lock, which is no wait. A lock whose file is not in its place is given up before.</summary>
    /// <param name="owner">This watcher, for the other ones.</param>
    public LockResult Try(LockOwner owner)
    {
        if (IsHeld && IsInPlace)
            return LockResult.Held;
        if (IsHeld)
            Close();
        Other = null;
        for (var count = 0; count < MostReplacements; count++)
        {
            if (Attempt() is not { } result)
                continue;
            if (IsHeld)
                Publish(owner.ToJson());
            return result;
        }

        return LockResult.Busy;
    }

    /// <summary>The other watcher that serves a folder for a watch; null when none does, or it has not published that yet.</summary>
    /// <param name="folder">The folder of the status files.</param>
    /// <param name="watch">The name of the watch.</param>
    public static LockOwner? Find(string folder, string watch)
    {
        var descriptor = LibC.Open(Path.Join(folder, new StatusName(watch).Lock), OpenFlag.ReadOnly | OpenFlag.NoFollow | Safely, 0);
        if (descriptor < 0)
            return null;
        var owner = ByteLock.Ask(descriptor) is LockKind.Write ? Read(descriptor) : null;
        _ = LibC.Close(descriptor);
        return owner is { IsThisProcess: false } ? owner : null;
    }

    /// <summary>The other watcher whose sub-folders include the folder of this lock; null when there is none.</summary>
    /// <param name="watch">The name of the watch.</param>
    public LockOwner? FindAbove(string watch)
    {
        var path = new FileInfo(Folder).LinkTarget ?? Folder;
        for (var depth = 1; Path.GetDirectoryName(path) is { } above && !RelativePath.IsHidden(Path.GetFileName(path)); depth++)
        {
            if (Find(above, watch) is { } owner && owner.Depth >= depth)
                return owner;
            path = above;
        }

        return null;
    }

    /// <summary>Gives up the lock, and removes its file.</summary>
    public void Dispose()
    {
        if (IsHeld && IsInPlace)
            _ = LibC.Unlink(_file);
        Close();
        _held.Dispose();
    }

    private string Name => Path.GetFileName(_file);

    private string Own => $"/proc/self/fd/{_descriptor}";

    // Null when another file may be in the place now.
    private LockResult? Attempt()
    {
        if (_descriptor < 0 && Open() is var result && _descriptor < 0)
            return result;

        // A former owner removes the file before it gives up the lock.
        if (IsInPlace)
            return Lock();
        Close();
        return null;
    }

    // In a folder that others may write into, the name may be a link to a file that must not be changed.
    private LockResult? Open()
    {
        _descriptor = LibC.Open(_file, OpenFlag.ReadAndWrite | OpenFlag.Create | OpenFlag.NoFollow | Safely, OwnerOnly);
        if (_descriptor >= 0)
            return IsSafe ? null : Refuse($"{Name} is no regular file of one name; remove it");

        var error = Marshal.GetLastPInvokeError();
        if (FileKind.FactsOf(_file, isFollowed: false) is null)
            return Refuse(ErrorNumber.TextOf(error), LockResult.NotWritable);
        if (error is not (ErrorNumber.NoAccess or ErrorNumber.NotPermitted or ErrorNumber.ReadOnlyFileSystem))
            return Refuse($"{Name}: {ErrorNumber.TextOf(error)}");
        return AskOther();
    }

    // A file that this user may not write. In a sticky folder, that also holds for root and files of others (fs.protected_regular).
    private LockResult? AskOther()
    {
        _descriptor = LibC.Open(_file, OpenFlag.ReadOnly | OpenFlag.NoFollow | Safely, 0);
        if (_descriptor < 0)
            return Refuse($"this user may not read {Name}, which is of another one; remove it when no meeseeks-watch of that one runs");
        if (!IsSafe)
            return Refuse($"{Name} is no regular file of one name; remove it");
        return ByteLock.Ask(_descriptor) switch
        {
            LockKind.Write => Wait(isWritable: false),
            LockKind.Unknown => Refuse($"{Name} is of another user, and its file system does not tell whether it is locked"),
            _ => Replace($"{Name} was left by another user, and this one may not remove it; remove it"),
        };
    }

    private LockResult? Lock()
    {
        var error = _set(_descriptor);
        if (error is 0 && IsInPlace)
        {
            IsHeld = true;
            return LockResult.Held;
        }

        switch (error)
        {
            case 0:
                Close();
                return null;
            case ErrorNumber.Interrupted:
                return null;
            case ErrorNumber.TryAgain or ErrorNumber.NoAccess:
                return ByteLock.Ask(_descriptor) switch
                {
                    LockKind.None => null,
                    LockKind.Read => Replace($"{Name} is locked by a program that is no meeseeks-watch; remove it"),
                    _ => Wait(),
                };
            default:
                return Refuse(ErrorNumber.TextOf(error));
        }
    }

    // A file that stays open makes no events of its close.
    private LockResult Wait(bool isWritable = true)
    {
        Other = Read(_descriptor);
        if (!isWritable)
            Close();
        return LockResult.Busy;
    }

    // Another watcher may have the file, so it stays.
    private LockResult Refuse(string problem, LockResult result = LockResult.Impossible)
    {
        Problem = problem;
        Close();
        return result;
    }

    // A file without the lock of a watcher.
    private LockResult? Replace(string problem)
    {
        if (IsInPlace && LibC.Unlink(_file) is not 0)
            return Refuse(problem);
        Close();
        return null;
    }

    private bool IsSafe => FileKind.FactsOf(Own) is { Kind: FileKind.Regular, Links: <= 1 };

    private static LockOwner? Read(int descriptor)
    {
        var text = stackalloc byte[LongestText];
        var length = LibC.ReadAt(descriptor, text, LongestText, 0);
        return length > 0 ? LockOwner.Parse(new ReadOnlySpan<byte>(text, (int)length)) : null;
    }

    // The text is for people, and a full disk does not prevent the lock.
    private void Publish(byte[] text)
    {
        _ = LibC.Truncate(_descriptor, 0);
        fixed (byte* start = text)
            _ = LibC.WriteAt(_descriptor, start, text.Length, 0);
        _ = LibC.ChangeMode(_descriptor, ReadableByAll);
    }

    private void Close()
    {
        if (_descriptor >= 0)
            _ = LibC.Close(_descriptor);
        (_descriptor, IsHeld) = (-1, false);
    }
}
