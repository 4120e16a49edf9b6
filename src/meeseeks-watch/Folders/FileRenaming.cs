using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Renames a file, and never replaces another one.</summary>
internal static partial class FileRenaming
{
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;
    private const int Exists = 17;
    private const int BadArgument = 22;
    private const int NotSupported = 95;

    /// <summary>Renames a file.</summary>
    /// <exception cref="IOException">It cannot be renamed. The message names no file, so that it is the same for all.</exception>
    public static RenameResult TryRename(string from, string to)
    {
        var error = Rename(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error is BadArgument or ErrorNumber.NotThere)
            error = RenameByLink(from, to);
        return error switch
        {
            0 => RenameResult.Done,
            Exists => RenameResult.NameIsTaken,
            ErrorNumber.OtherDevice => RenameResult.OtherFileSystem,
            _ => throw new IOException(FileProblem.TextOf(error), error),
        };
    }

    // Not every file system has renameat2(2) with this flag. One without links can only look before it renames.
    private static int RenameByLink(string from, string to)
    {
        var error = LibC.Link(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error is 0)
            return LibC.Unlink(from) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error is not (ErrorNumber.NotPermitted or NotSupported))
            return error;
        if (FileKind.FactsOf(to, isFollowed: false) is not null)
            return Exists;
        return Rename(CurrentFolder, from, CurrentFolder, to, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    private static partial int Rename(int fromFolder, string from, int toFolder, string to, uint flags);
}
