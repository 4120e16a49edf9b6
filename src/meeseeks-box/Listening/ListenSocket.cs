using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.Agent.Listening;

/// <summary>A bound socket that queues clients in its backlog.</summary>
internal sealed class ListenSocket : IDisposable
{
    private const int Backlog = 1024;

    private ListenSocket(EndPoint end, Socket socket) => (EndPoint, Socket) = (end, socket);

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
    /// <exception cref="IOException">Another process listens there, or the path is no socket.</exception>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public static ListenSocket Bind(UnixDomainSocketEndPoint path, UnixFileMode mode)
    {
        var socket = UnixSocketFile.Bind(path.ToString(), mode);
        socket.Listen(Backlog);
        return new ListenSocket(path, socket);
    }

    /// <summary>Closes the socket, and deletes the file of a Unix socket.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        if (EndPoint is UnixDomainSocketEndPoint path && File.Exists(path.ToString()))
            File.Delete(path.ToString());
    }
}
