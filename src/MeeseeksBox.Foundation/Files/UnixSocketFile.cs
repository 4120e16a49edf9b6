using System.Net.Sockets;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>The file of a Unix socket, which a crash leaves behind.</summary>
internal static class UnixSocketFile
{
    private const int Unix = 1;
    private const int Stream = 1;
    private const int Backlog = 1024;

    /// <summary>Listens at a path, after deleting an abandoned socket file.</summary>
    /// <exception cref="IOException">Another process listens there, the path is no socket, or no socket can be made.</exception>
    public static Socket Bind(string path, UnixFileMode mode)
    {
        var end = new UnixDomainSocketEndPoint(path);
        if (File.Exists(path))
            Remove(path, end);

        try
        {
            var socket = Make(end);
            File.SetUnixFileMode(path, mode);
            return socket;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            // The error of a bind names neither the folder nor the rights.
            var reason = AppendTarget.ProblemOf(path) ?? FileProblem.Reason(path, problem);
            throw new IOException($"the socket {path} cannot be made: {reason}", problem);
        }
    }

    /// <summary>Changes the mode of the file, unless somebody has deleted it.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (File.Exists(path))
            File.SetUnixFileMode(path, mode);
    }

    // A socket that .NET binds deletes the path when it is closed, whatever file is there by then.
    private static unsafe Socket Make(UnixDomainSocketEndPoint end)
    {
        var socket = LibC.Socket(Unix, Stream | OpenFlag.CloseOnExec, 0);
        var address = end.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (socket >= 0 && LibC.Bind(socket, bytes, (uint)address.Size) is 0 && LibC.Listen(socket, Backlog) is 0)
                return new Socket(new SafeSocketHandle(socket, ownsHandle: true));
        }

        var problem = FileProblem.TextOf(Marshal.GetLastPInvokeError());
        _ = LibC.Close(socket);
        throw new IOException(problem);
    }

    private static void Remove(string path, UnixDomainSocketEndPoint end)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(end);
        }
        // A regular file refuses a connection like an abandoned socket does, and must not be deleted.
        catch (SocketException problem)
            when (problem.SocketErrorCode is SocketError.ConnectionRefused && FileKind.Of(path) is FileKind.Socket)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            throw new IOException($"{path} exists and is not an abandoned socket; remove it or choose another path");
        }

        throw new IOException($"another process listens on {path}; stop it or choose another path");
    }
}
