using System.Net;
using System.Net.Sockets;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The sockets that a listener listens on: all of them, or none.</summary>
internal sealed class ListenSockets : IDisposable
{
    private const int Backlog = 1024;
    private const int MostAttempts = 10;

    private readonly List<Socket> _sockets = [];
    private readonly List<string> _files = [];

    private ListenSockets(int port) => Port = port;

    /// <summary>The sockets.</summary>
    public IReadOnlyList<Socket> All => _sockets;

    /// <summary>The port of those that have one.</summary>
    public int Port { get; private set; }

    /// <summary>Listens on all addresses.</summary>
    /// <param name="addresses">Addresses of hosts, whose port does not count, and paths of Unix sockets; never empty.</param>
    /// <param name="port">The port; 0 for any that is free on all of the addresses.</param>
    /// <param name="mode">Who may connect to Unix sockets.</param>
    /// <param name="log">Where it is told what is listened on.</param>
    /// <exception cref="SocketException">An address cannot be listened on.</exception>
    /// <exception cref="IOException">A Unix socket cannot be listened on.</exception>
    public static ListenSockets Bind(IReadOnlyList<EndPoint> addresses, int port, UnixFileMode mode, ILogger log)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sockets = new ListenSockets(port);
            try
            {
                foreach (var address in addresses)
                {
                    sockets.Bind(address, mode);
                }

                foreach (var socket in sockets._sockets)
                {
                    log.Information("listening on {EndPoint}", NameOf(socket.LocalEndPoint!));
                }

                return sockets;
            }
            catch (SocketException problem) when (port is 0 && attempt < MostAttempts && problem.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                log.Debug("the port that was free on one address is taken on another: another one is tried");
                sockets.Dispose();
            }
            catch
            {
                sockets.Dispose();
                throw;
            }
        }
    }

    /// <summary>Listens no more, and takes away the files of Unix sockets.</summary>
    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _files.ForEach(File.Delete);
        _files.Clear();
    }

    private static string NameOf(EndPoint end) => end is UnixDomainSocketEndPoint ? $"unix:{end}" : end.ToString()!;

    private void Bind(EndPoint address, UnixFileMode mode)
    {
        if (address is UnixDomainSocketEndPoint)
        {
            var path = address.ToString()!;
            _sockets.Add(UnixSocketFile.Bind(path, mode));
            _files.Add(path);
            _sockets[^1].Listen(Backlog);
            return;
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        if (address.AddressFamily is AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false;
        }

        socket.Bind(new IPEndPoint(((IPEndPoint)address).Address, Port));
        socket.Listen(Backlog);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
