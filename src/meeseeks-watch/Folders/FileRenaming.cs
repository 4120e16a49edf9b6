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

    /// <summary>Renames a file that others may replace at any moment.</summary>
    /// <returns><see cref="RenameResult.Linked"/> when it has both names then.</returns>
    /// <exception cref="IOException">It cannot be renamed. The message names no file, so that it is the same for all.</exception>
    public static RenameResult TryRename(string from, string to)
    {
        var error = Rename(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error is not (BadArgument or ErrorNumber.NotThere))
            return ResultOf(error, from);

        // Not every file system has renameat2(2) with this flag.
        error = LibC.Link(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error is 0)
            return RenameResult.Linked;
        return error is ErrorNumber.NotPermitted or NotSupported ? RenameAfterLook(from, to) : ResultOf(error, from);
    }

    /// <summary>Renames a file whose name is known to this program only.</summary>
    /// <exception cref="IOException">It cannot be renamed. The message names no file, so that it is the same for all.</exception>
    public static RenameResult TryRenameOwn(string from, string to)
    {
        var result = TryRename(from, to);
        if (result is not RenameResult.Linked)
            return result;
        ByteFile.Delete(from);
        return RenameResult.Done;
    }

    /// <summary>Gives a file a name that is known to this program only.</summary>
    /// <exception cref="IOException">It cannot be renamed. The message names no file, so that it is the same for all.</exception>
    public static RenameResult TryHide(string from, string to) => RenameAfterLook(from, to);

    private static RenameResult RenameAfterLook(string from, string to)
    {
        if (FileKind.FactsOf(to, isFollowed: false) is not null)
            return RenameResult.NameIsTaken;
        return ResultOf(Rename(CurrentFolder, from, CurrentFolder, to, 0) == 0 ? 0 : Marshal.GetLastPInvokeError(), from);
    }

    private static RenameResult ResultOf(int error, string from) => error switch
    {
        0 => RenameResult.Done,
        Exists => RenameResult.NameIsTaken,
        ErrorNumber.OtherDevice => RenameResult.OtherFileSystem,
        ErrorNumber.NoEntry when FileKind.FactsOf(from, isFollowed: false) is null => RenameResult.Gone,
        _ => throw new IOException(FileProblem.TextOf(error), error),
    };

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    private static partial int Rename(int fromFolder, string from, int toFolder, string to, uint flags);
}
