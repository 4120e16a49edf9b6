using System.Net.Sockets;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The file of a Unix socket, which a crash leaves behind.</summary>
internal static class UnixSocketFile
{
    /// <summary>Binds a socket to a path, after deleting an abandoned socket file.</summary>
    /// <exception cref="IOException">Another process listens there, or the path is no socket.</exception>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public static Socket Bind(string path, UnixFileMode mode)
    {
        var end = new UnixDomainSocketEndPoint(path);
        if (File.Exists(path))
            Remove(path, end);

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(end);
            File.SetUnixFileMode(path, mode);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Changes the mode of the file, unless somebody has deleted it.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (File.Exists(path))
            File.SetUnixFileMode(path, mode);
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
