using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>Flushes the names in a folder, or the content and attributes of a file, to the disk.</summary>
public static class FolderFlush
{
    /// <summary>Completes when all names that were made, changed or removed in a folder are so on disk.</summary>
    /// <remarks>Does nothing where the file system cannot do that, nor for a folder that this user may not read.</remarks>
    /// <exception cref="IOException">The flush failed.</exception>
    public static void Flush(string folder)
    {
        if (ErrorOf(folder) is not (0 or ErrorNumber.Invalid or ErrorNumber.NotSupported or ErrorNumber.NoAccess) and var error)
            throw new IOException($"{folder} cannot be flushed to the disk: {FileProblem.TextOf(error)}");
    }

    private static int ErrorOf(string folder)
    {
        var descriptor = LibC.Open(folder, OpenFlag.ReadOnly | OpenFlag.CloseOnExec, 0);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError();

        int error;
        do
        {
            error = LibC.Flush(descriptor) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error is ErrorNumber.Interrupted);

        _ = LibC.Close(descriptor);
        return error;
    }
}
