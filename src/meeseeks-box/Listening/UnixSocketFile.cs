using System.Net.Sockets;
using MeeseeksBox.Protocol.Unix;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The file of a Unix socket: made by listening on it, and left behind by whoever dies.</summary>
internal static class UnixSocketFile
{
    /// <summary>A socket that is bound to a path. A file that nobody listens on any more is taken away first.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Who may connect.</param>
    /// <exception cref="IOException">Somebody listens there, or something else stands there.</exception>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public static Socket Bind(string path, UnixFileMode mode)
    {
        var end = new UnixDomainSocketEndPoint(path);
        if (File.Exists(path))
        {
            Remove(path, end);
        }

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

    private static void Remove(string path, UnixDomainSocketEndPoint end)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(end);
        }
        // Connecting to a file of somebody's is refused like to a dead socket, and it must not be deleted.
        catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionRefused && FileKind.Of(path) is FileKind.Socket)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            throw new IOException($"{path} is there and is no socket that could be taken over; remove it or choose another path");
        }

        throw new IOException($"somebody listens on {path} already");
    }
}
