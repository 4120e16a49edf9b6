using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Asks the system whether a process has a file open for writing.</summary>
/// <remarks>
/// The system grants a read lease (F_SETLEASE in fcntl(2)) on a file that nobody has open for writing. The lease is given back at once.
/// It needs a file of the own user, or CAP_LEASE.
/// </remarks>
internal static unsafe partial class WriterProbe
{
    private const int SetLease = 1024;
    private const int ReadLease = 0;
    private const int NoLease = 2;
    private const int LeaseBroken = 29;
    private const int StatusSize = 120;

    // Their servers have writers that this host does not know; see statfs(2).
    private static readonly HashSet<uint> Remote =
    [
        0x6969, // NFS
        0x517B, 0xFF534D42, 0xFE534D42, // SMB
        0x65735546, // FUSE, also virtiofs
        0x01021997, // 9p
        0x5346414F, 0x6B414653, // AFS
        0x00C36400, // Ceph
        0x0BD00BD3, // Lustre
        0x01161970, // GFS2
        0x7461636F, // OCFS2
        0x47504653, // GPFS
        0x73757245, // Coda
        0x786F4256, // VirtualBox
        0xBACBACBC, // VMware
        0x19830326, // BeeGFS
        0x20030528, // OrangeFS
        0xAAD7AAEA, // PanFS
    ];

    /// <summary>Ignores the signal that a process gets whose lease is broken. To be called once.</summary>
    public static void Prepare() => _ = LibC.Signal(LeaseBroken, SignalDisposition.Ignore);

    /// <summary>Asks about a regular file.</summary>
    public static Writers Of(string path)
    {
        var descriptor = LibC.Open(path, OpenFlag.ReadOnly | OpenFlag.NonBlocking | OpenFlag.NoTerminal | OpenFlag.CloseOnExec, 0);
        if (descriptor < 0)
            return Writers.Unknown;

        try
        {
            if (LibC.Fcntl(descriptor, SetLease, ReadLease) < 0)
                return Marshal.GetLastPInvokeError() is ErrorNumber.TryAgain ? Writers.Some : Writers.Unknown;

            _ = LibC.Fcntl(descriptor, SetLease, NoLease);
            return IsRemote(descriptor) ? Writers.Unknown : Writers.None;
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }

    /// <summary>Whether other hosts may write on the file system of a folder. True when that cannot be found out.</summary>
    public static bool IsRemote(string folder)
    {
        var descriptor = LibC.Open(folder, OpenFlag.PathOnly | OpenFlag.CloseOnExec, 0);
        if (descriptor < 0)
            return true;
        try
        {
            return IsRemote(descriptor);
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }

    private static bool IsRemote(int descriptor)
    {
        // The first field of struct statfs is the type, as a number of the size of a register.
        var status = stackalloc byte[StatusSize];
        return StatusOfFileSystem(descriptor, status) is not 0 || Remote.Contains((uint)*(nint*)status);
    }

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int StatusOfFileSystem(int descriptor, byte* status);
}
