using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The write lock on one byte of an open file.</summary>
/// <remarks>
/// It is an open file description lock (F_OFD_SETLK in fcntl(2)). It ends with the process, whatever ends that. Between hosts, NFS and
/// SMB keep it on the server, and flock(2) on some of them does not. The locks of fcntl(2) that belong to a process end when any file
/// descriptor of the file is closed. The locked byte lies behind the text, which SMB would hide otherwise.
/// </remarks>
internal static unsafe class ByteLock
{
    private const int AskLock = 36;
    private const int SetLock = 37;
    private const short ReadLock = 0;
    private const short WriteLock = 1;
    private const short NoLock = 2;
    private const int StructSize = 32;
    private const int StartOffset = 8;
    private const int LengthOffset = 16;
    private const long LockedByte = 1L << 30;

    /// <summary>Tries to get the lock, which is no wait.</summary>
    /// <param name="descriptor">The file, open for writing.</param>
    /// <returns>The number of the error, or 0.</returns>
    public static int Set(int descriptor)
    {
        var area = stackalloc byte[StructSize];
        _ = Fill(area);
        return LibC.FcntlPointer(descriptor, SetLock, area) is 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Which lock of others there is.</summary>
    /// <param name="descriptor">The file, open for reading at least.</param>
    public static LockKind Ask(int descriptor)
    {
        var area = stackalloc byte[StructSize];
        var bytes = Fill(area);
        if (LibC.FcntlPointer(descriptor, AskLock, area) is not 0)
            return LockKind.Unknown;
        return BinaryPrimitives.ReadInt16LittleEndian(bytes) switch
        {
            NoLock => LockKind.None,
            ReadLock => LockKind.Read,
            _ => LockKind.Write,
        };
    }

    // struct flock: the type, the origin of the start (0: that of the file), the start, the length, and a process.
    private static Span<byte> Fill(byte* area)
    {
        var bytes = new Span<byte>(area, StructSize);
        bytes.Clear();
        BinaryPrimitives.WriteInt16LittleEndian(bytes, WriteLock);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[StartOffset..], LockedByte);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LengthOffset..], 1);
        return bytes;
    }
}
