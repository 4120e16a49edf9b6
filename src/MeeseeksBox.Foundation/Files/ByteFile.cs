using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Foundation.Files;

/// <summary>The functions of <see cref="File"/> for paths that need not be UTF-8 (<see cref="ByteText"/>).</summary>
/// <remarks>Those of .NET replace each wrong byte, and so use another file. They do the work for all other paths.</remarks>
public static class ByteFile
{
    /// <summary>True for a file that is not a folder.</summary>
    public static bool Exists(string path) => FileKind.Of(path) is not (FileKind.None or FileKind.Folder);

    /// <summary>True for a folder.</summary>
    public static bool IsFolder(string path) => FileKind.Of(path) is FileKind.Folder;

    /// <summary>Reads a whole file.</summary>
    public static byte[] ReadAllBytes(string path)
    {
        if (!ByteText.HasBytes(path))
            return File.ReadAllBytes(path);

        using var file = new FileStream(Open(path, OpenFlag.ReadOnly), FileAccess.Read);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Deletes a file; a missing one is none to delete.</summary>
    public static void Delete(string path)
    {
        if (!ByteText.HasBytes(path))
            File.Delete(path);
        else if (LibC.Unlink(path) < 0 && Marshal.GetLastPInvokeError() is not ErrorNumber.NoEntry and var error)
            throw Fault(path, error);
    }

    /// <summary>Moves a file, and replaces the one at the new path.</summary>
    public static void Replace(string from, string to)
    {
        if (!ByteText.HasBytes(from) && !ByteText.HasBytes(to))
        {
            File.Move(from, to, overwrite: true);
            return;
        }

        var error = LibC.Rename(from, to) < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error is ErrorNumber.OtherDevice)
        {
            Delete(to);
            Copy(from, to);
            Delete(from);
        }
        else if (error is not 0)
        {
            throw Fault(from, error);
        }
    }

    /// <summary>Makes a new file, and opens it for writing without a buffer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPrivate">Whether only this user may read it.</param>
    public static FileStream Create(string path, bool isPrivate)
    {
        const UnixFileMode forUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode forAll = forUser | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (ByteText.HasBytes(path))
        {
            var mode = (int)(isPrivate ? forUser : forAll);
            return new FileStream(
                Open(path, OpenFlag.ReadAndWrite | OpenFlag.Create | OpenFlag.Exclusive, mode), FileAccess.Write, bufferSize: 0);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (isPrivate)
            options.UnixCreateMode = forUser;
        return new FileStream(path, options);
    }

    /// <summary>Makes a folder, and those above it, unless they are there.</summary>
    public static void MakeFolder(string path)
    {
        if (!ByteText.HasBytes(path))
        {
            _ = Directory.CreateDirectory(path);
            return;
        }

        if (IsFolder(path))
            return;
        MakeFolder(Path.GetDirectoryName(path)!);
        const int mode = 0x1ff;
        if (LibC.MakeFolder(path, mode) < 0 && Marshal.GetLastPInvokeError() is not ErrorNumber.Exists and var error)
            throw Fault(path, error);
    }

    /// <summary>Deletes an empty folder.</summary>
    public static void DeleteFolder(string path)
    {
        if (!ByteText.HasBytes(path))
            Directory.Delete(path);
        else if (LibC.RemoveFolder(path) < 0)
            throw Fault(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Copies a file with its mode and its times to a new one, and waits until the disk has it.</summary>
    public static void Copy(string source, string target)
    {
        if (!ByteText.HasBytes(source) && !ByteText.HasBytes(target))
        {
            File.Copy(source, target);
            using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
            return;
        }

        using var from = Open(source, OpenFlag.ReadOnly);
        var mode = File.GetUnixFileMode(from);
        using var to = Open(target, OpenFlag.ReadAndWrite | OpenFlag.Create | OpenFlag.Exclusive, (int)mode);
        using var input = new FileStream(from, FileAccess.Read);
        using var output = new FileStream(to, FileAccess.ReadWrite);
        input.CopyTo(output);
        output.Flush();
        File.SetUnixFileMode(to, mode);
        File.SetLastAccessTimeUtc(to, File.GetLastAccessTimeUtc(from));
        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));
        output.Flush(flushToDisk: true);
    }

    private static SafeFileHandle Open(string path, int flags, int mode = 0)
    {
        var descriptor = LibC.Open(path, flags | OpenFlag.CloseOnExec | OpenFlag.NoTerminal, mode);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Fault(path, Marshal.GetLastPInvokeError());
    }

    private static Exception Fault(string path, int error) => error switch
    {
        ErrorNumber.NoEntry => new FileNotFoundException(FileProblem.TextOf(error), path),
        ErrorNumber.NotPermitted or ErrorNumber.Denied => new UnauthorizedAccessException(FileProblem.TextOf(error)),
        _ => new IOException(FileProblem.TextOf(error), error),
    };
}
