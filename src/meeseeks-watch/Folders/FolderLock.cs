using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The lock of one watch on the folder of its status files (docs/SPECIFICATION.md#folder-lock).</summary>
/// <remarks>
/// It is an open file description lock (F_OFD_SETLK in fcntl(2)). It ends with the process, whatever ends that. Between hosts, NFS and
/// SMB keep it on the server, and flock(2) on some of them does not. The locks of fcntl(2) that belong to a process end when any file
/// descriptor of the file is closed. The locked byte lies behind the text, which SMB would hide otherwise.
/// </remarks>
internal sealed unsafe class FolderLock : IDisposable
{
    private const int SetLock = 37;
    private const short WriteLock = 1;
    private const int StructSize = 32;
    private const int StartOffset = 8;
    private const int LengthOffset = 16;
    private const long LockedByte = 1L << 30;
    private const int OwnerOnly = 0x180;
    private const int LongestText = 1024;
    private const int MostReplacements = 5;

    private readonly HeldFolder _held;
    private readonly string _file;
    private int _descriptor = -1;

    /// <summary>Makes a lock that is not held.</summary>
    /// <param name="folder">The watched folder. The lock disposes of it.</param>
    /// <param name="statusPath">The folder of its status files; null for the folder itself.</param>
    /// <param name="watch">The name of the watch.</param>
    public FolderLock(HeldFolder folder, string? statusPath, string watch)
    {
        (_held, Folder) = (folder, statusPath ?? folder.Path);
        _file = Path.Join(Folder, new StatusName(watch).Lock);
    }

    /// <summary>The folder of the status files.</summary>
    public string Folder { get; }

    /// <summary>Whether the lock is held.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Who held the lock at the last attempt; null when that is not known.</summary>
    public LockOwner? Other { get; private set; }

    /// <summary>Why the lock is impossible, in the words of the system.</summary>
    public string? Problem { get; private set; }

    /// <summary>Tries to get the lock, which is no wait.</summary>
    /// <param name="owner">This watcher, for the other ones.</param>
    public LockResult Try(LockOwner owner)
    {
        for (var count = 0; !IsHeld && count < MostReplacements; count++)
        {
            if (_descriptor < 0 && Open() is { } problem)
                return problem;

            // A former owner removes the file before it gives up the lock.
            if (!IsInPlace())
            {
                Close();
                continue;
            }

            if (Lock() is { } failure)
                return failure;
            if (IsInPlace())
                IsHeld = true;
            else
                Close();
        }

        if (!IsHeld)
            return LockResult.Busy;
        Write(owner.ToJson());
        return LockResult.Held;
    }

    /// <summary>Gives up the lock, and removes its file.</summary>
    public void Dispose()
    {
        if (IsHeld && IsInPlace())
            _ = LibC.Unlink(_file);
        IsHeld = false;
        Close();
        _held.Dispose();
    }

    // In a folder that others may write into, the name may be a link to a file that must not be changed.
    private LockResult? Open()
    {
        _descriptor = LibC.Open(
            _file,
            OpenFlag.ReadAndWrite | OpenFlag.Create | OpenFlag.NoFollow | OpenFlag.NonBlocking | OpenFlag.NoTerminal | OpenFlag.CloseOnExec,
            OwnerOnly);
        if (_descriptor >= 0)
        {
            if (FileKind.FactsOf(Own) is { Kind: FileKind.Regular, Links: <= 1 })
                return null;
            Close();
            Problem = $"{Path.GetFileName(_file)} is no regular file";
            return LockResult.Impossible;
        }

        Problem = ErrorNumber.TextOf(Marshal.GetLastPInvokeError());
        return FileKind.FactsOf(_file, isFollowed: false) is null ? LockResult.NotWritable : LockResult.Impossible;
    }

    private LockResult? Lock()
    {
        // struct flock: the type, the origin of the start (0: that of the file), the start, the length, and a process.
        var area = stackalloc byte[StructSize];
        var bytes = new Span<byte>(area, StructSize);
        bytes.Clear();
        BinaryPrimitives.WriteInt16LittleEndian(bytes, WriteLock);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[StartOffset..], LockedByte);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LengthOffset..], 1);
        if (LibC.FcntlPointer(_descriptor, SetLock, area) is 0)
            return null;

        var error = Marshal.GetLastPInvokeError();
        if (error is ErrorNumber.TryAgain or ErrorNumber.NoAccess)
        {
            Other = Read();
            return LockResult.Busy;
        }

        Problem = ErrorNumber.TextOf(error);
        _ = LibC.Unlink(_file);
        Close();
        return LockResult.Impossible;
    }

    private string Own => $"/proc/self/fd/{_descriptor}";

    private bool IsInPlace() =>
        FileKind.FactsOf(_file, isFollowed: false) is { } present && FileKind.FactsOf(Own) is { } own && present.Id == own.Id;

    private LockOwner? Read()
    {
        var text = stackalloc byte[LongestText];
        var length = LibC.ReadAt(_descriptor, text, LongestText, 0);
        return length > 0 ? LockOwner.Parse(new ReadOnlySpan<byte>(text, (int)length)) : null;
    }

    // The text is for people, and a full disk does not prevent the lock.
    private void Write(byte[] text)
    {
        _ = LibC.Truncate(_descriptor, 0);
        fixed (byte* start = text)
            _ = LibC.WriteAt(_descriptor, start, text.Length, 0);
    }

    private void Close()
    {
        if (_descriptor >= 0)
            _ = LibC.Close(_descriptor);
        _descriptor = -1;
    }
}
