using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Runner.Output;

/// <summary>Opens a spool file that a runner of another user may have replaced (docs/RUNNER.md#users).</summary>
internal static class SpoolReader
{
    /// <summary>Opens a regular file of a user to read it.</summary>
    /// <param name="path">The file, in a folder whose own path is not in the hands of the user.</param>
    /// <param name="owner">The uid of the user.</param>
    /// <exception cref="IOException">There is no such file, or it is none that the runner has made.</exception>
    public static SafeFileHandle Open(string path, uint owner)
    {
        // A named pipe would hold up the open, and a link could name any file of the host.
        var flags = OpenFlag.ReadOnly | OpenFlag.NoFollow | OpenFlag.NonBlocking | OpenFlag.NoTerminal | OpenFlag.CloseOnExec;
        var descriptor = LibC.Open(path, flags, 0);
        if (descriptor < 0)
            throw new IOException($"{path}: {ErrorNumber.TextOf(Marshal.GetLastPInvokeError())}");

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FileKind.OwnerOf(descriptor) is (FileKind.Regular, var user) && user == owner)
            return file;

        file.Dispose();
        throw new IOException($"{path}: it is not a regular file of user {owner}");
    }
}
