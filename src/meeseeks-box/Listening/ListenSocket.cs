using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Agent.Listening;

/// <summary>A bound socket that queues clients in its backlog.</summary>
internal sealed class ListenSocket : IDisposable
{
    private const int Backlog = 1024;

    private readonly FileId? _file;

    private ListenSocket(EndPoint end, Socket socket)
    {
        (EndPoint, Socket) = (end, socket);
        _file = end is UnixDomainSocketEndPoint path ? FileAt(path) : null;
    }

    /// <summary>The address, with the bound port.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>Binds a port of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <exception cref="SocketException">The port cannot be bound.</exception>
    public static ListenSocket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily is AddressFamily.InterNetworkV6)
                socket.DualMode = false;

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return new ListenSocket(new IPEndPoint(address, ((IPEndPoint)socket.LocalEndPoint!).Port), socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Binds the path of a Unix socket.</summary>
    /// <exception cref="IOException">Another process listens there, the path is no socket, or no socket can be made.</exception>
    public static ListenSocket Bind(UnixDomainSocketEndPoint path, UnixFileMode mode) =>
        new(path, UnixSocketFile.Bind(path.ToString(), mode));

    /// <summary>True when clients can find the socket: the file of a Unix socket can be deleted or replaced.</summary>
    public bool IsReachable => EndPoint is not UnixDomainSocketEndPoint path || FileAt(path) == _file;

    /// <summary>Closes the socket, and deletes the file of a Unix socket, unless it is that of another one.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        if (EndPoint is UnixDomainSocketEndPoint path && IsReachable)
            File.Delete(path.ToString());
    }

    private static FileId? FileAt(UnixDomainSocketEndPoint path) => FileKind.FactsOf(path.ToString(), isFollowed: false)?.Id;
}
