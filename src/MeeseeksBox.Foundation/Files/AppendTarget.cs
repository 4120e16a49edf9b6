using System.Globalization;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>A file, pipe, device or stream of this program to which lines are appended.</summary>
/// <remarks>
/// <c>/dev/stdout</c> and <c>/dev/stderr</c>, and links to them, are the streams themselves: they may be a socket, or have a position that
/// other streams share. A named pipe can be opened without a reader, and keeps what its buffer can take.
/// </remarks>
public sealed unsafe class AppendTarget : IDisposable
{
    // The time that a full pipe gets to take more, in milliseconds.
    private const int FullTimeout = 1000;
    private const int NoTimeout = -1;

    private const int LongestLinkChain = 40;

    private static readonly string[] FoldersOfStreams = ["/dev/fd/", "/proc/self/fd/"];

    private readonly int _descriptor;
    private readonly int _timeout;

    private AppendTarget(int descriptor, int timeout) => (_descriptor, _timeout) = (descriptor, timeout);

    /// <summary>Opens or creates a target.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">The mode of a new file.</param>
    /// <param name="isEmptied">True to empty a regular file first.</param>
    /// <exception cref="IOException">It cannot be opened; the message says why, in plain words and without the path.</exception>
    public static AppendTarget Open(string path, UnixFileMode mode, bool isEmptied = false)
    {
        if (ProblemOf(path) is { } problem)
            throw new IOException(problem);

        var stream = StreamOf(path);
        if (stream >= 0)
            return new AppendTarget(Check(FileDescriptor.Duplicate(stream)), NoTimeout);

        var flags = OpenFlag.CloseOnExec | OpenFlag.NoTerminal | FileKind.Of(path) switch
        {
            FileKind.None or FileKind.Regular =>
                OpenFlag.WriteOnly | OpenFlag.Append | OpenFlag.Create | (isEmptied ? OpenFlag.Truncate : 0),
            FileKind.Pipe => OpenFlag.ReadAndWrite | OpenFlag.NonBlocking,
            _ => OpenFlag.WriteOnly | OpenFlag.NonBlocking,
        };
        return new AppendTarget(Check(LibC.Open(path, flags, (int)mode)), FullTimeout);
    }

    /// <summary>The standard error of this program.</summary>
    public static AppendTarget StandardError() => new(Check(FileDescriptor.Duplicate(2)), NoTimeout);

    /// <summary>Finds why a path cannot be a target, without a change of any file.</summary>
    /// <returns>Null when it can be; otherwise the reason, in plain words and without the path.</returns>
    public static string? ProblemOf(string path)
    {
        if (path.Length is 0 || path.EndsWith('/'))
            return "the name of a file is missing";
        if (path.Contains('\0', StringComparison.Ordinal))
            return "this is not a valid file name";
        if (FileProblem.OfWorkingFolder(path) is { } gone)
            return gone;
        if (StreamOf(path) is >= 0 and var stream)
            return ProblemOf(stream);

        var kind = FileKind.Of(path);
        if (kind is FileKind.Folder or FileKind.BlockDevice or FileKind.Socket)
            return $"it is {FileKind.NameOf(kind)}";
        if (kind is not FileKind.None)
            return LibC.Access(path, AccessMode.Writable) is 0 ? null : LastError();

        var folder = FolderOf(path);
        var kindOfFolder = FileKind.Of(folder);
        return kindOfFolder is FileKind.None ? $"its folder {folder} does not exist"
            : kindOfFolder is not FileKind.Folder ? $"{folder} is not a folder"
            : LibC.Access(folder, AccessMode.Writable | AccessMode.Executable) is 0 ? null
            : $"its folder {folder}: {LastError()}";
    }

    /// <summary>True for a regular file, or a path where one can be created.</summary>
    public static bool IsFile(string path) => StreamOf(path) < 0 && FileKind.Of(path) is FileKind.None or FileKind.Regular;

    /// <summary>What a path is, in words: <c>a folder</c>.</summary>
    public static string NameOf(string path) =>
        StreamOf(path) >= 0 ? "a stream of this program" : FileKind.NameOf(FileKind.Of(path));

    /// <summary>Writes bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="count">The number of bytes that were written.</param>
    /// <returns>Null when all bytes were written; otherwise the reason.</returns>
    public string? Write(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        fixed (byte* start = bytes)
        {
            while (count < bytes.Length)
            {
                var written = LibC.Write(_descriptor, start + count, bytes.Length - count);
                if (written >= 0)
                {
                    count += (int)written;
                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error is ErrorNumber.TryAgain && !FileDescriptor.Await(_descriptor, FileDescriptor.Writable, _timeout))
                    return "no program reads it";
                if (error is not (ErrorNumber.TryAgain or ErrorNumber.Interrupted))
                    return FileProblem.TextOf(error);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = LibC.Close(_descriptor);

    // The number of the stream that a path means; -1 for none.
    private static int StreamOf(string path)
    {
        for (var links = 0; links < LongestLinkChain; links++)
        {
            if (path is "/dev/stdout" or "/dev/stderr")
                return path is "/dev/stdout" ? 1 : 2;

            var folder = Array.Find(FoldersOfStreams, folder => path.StartsWith(folder, StringComparison.Ordinal));
            if (folder is not null)
                return int.TryParse(path[folder.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

            var file = new FileInfo(path);
            if (file.LinkTarget is not { } target)
                return -1;

            path = Path.Combine(file.DirectoryName ?? "/", target);
        }

        return -1;
    }

    private static string? ProblemOf(int stream) =>
        !FileDescriptor.IsInherited(stream) ? "this stream is not open"
        : FileDescriptor.AccessOf(stream) is OpenFlag.ReadOnly ? "this stream is open for reading only"
        : null;

    private static string FolderOf(string path) =>
        Path.GetDirectoryName(path) switch { null => "/", "" => ".", { } folder => folder };

    private static string LastError() => FileProblem.TextOf(Marshal.GetLastPInvokeError());

    private static int Check(int descriptor) => descriptor >= 0 ? descriptor : throw new IOException(LastError());
}
