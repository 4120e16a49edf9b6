using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The listening sockets of a listener, bound all together or not at all.</summary>
internal sealed class ListenSockets : IDisposable
{
    private const int Backlog = 1024;
    private const int MostAttempts = 10;

    private readonly List<Socket> _sockets = [];
    private readonly List<string> _files = [];

    // The configured port that is being bound; null while Unix sockets are bound.
    private int? _asked;

    /// <summary>All listening sockets.</summary>
    public IReadOnlyList<Socket> All => _sockets;

    /// <summary>The port that the system chose for a configured 0; 0 without one.</summary>
    public int FreePort { get; private set; }

    /// <summary>Listens on all ports of all addresses.</summary>
    /// <param name="addresses">IP addresses, whose port is ignored, and paths of Unix sockets; never empty.</param>
    /// <param name="ports">The ports; 0 for any port that is free on all addresses.</param>
    /// <param name="mode">File mode of Unix sockets.</param>
    /// <param name="log">Receives each bound address.</param>
    /// <exception cref="PortException">A port cannot be bound.</exception>
    /// <exception cref="SocketException">A Unix socket cannot be bound.</exception>
    /// <exception cref="IOException">The path of a Unix socket is taken.</exception>
    public static ListenSockets Bind(IReadOnlyList<EndPoint> addresses, PortList ports, UnixFileMode mode, ILogger log)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sockets = new ListenSockets();
            try
            {
                foreach (var path in addresses.OfType<UnixDomainSocketEndPoint>())
                {
                    sockets.Bind(path.ToString(), mode);
                }

                // Port 0 last, so that the system does not choose one of the others.
                foreach (var port in ports.All.OrderBy(port => port is 0))
                {
                    sockets.Bind(addresses.OfType<IPEndPoint>(), port);
                }

                foreach (var socket in sockets._sockets)
                {
                    log.Information("listening on {EndPoint}", NameOf(socket.LocalEndPoint!));
                }

                return sockets;
            }
            catch (SocketException problem)
                when (sockets._asked is 0 && attempt < MostAttempts && problem.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                log.Debug("free port of one address taken on another: trying another port");
                sockets.Dispose();
            }
            catch (SocketException problem) when (sockets._asked is { } port)
            {
                sockets.Dispose();
                throw new PortException(port, problem);
            }
            catch
            {
                sockets.Dispose();
                throw;
            }
        }
    }

    /// <summary>Closes all sockets and deletes the files of Unix sockets.</summary>
    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _files.ForEach(File.Delete);
        _files.Clear();
    }

    private static string NameOf(EndPoint end) => end is UnixDomainSocketEndPoint ? $"unix:{end}" : end.ToString()!;

    private void Bind(string path, UnixFileMode mode)
    {
        _sockets.Add(UnixSocketFile.Bind(path, mode));
        _files.Add(path);
        _sockets[^1].Listen(Backlog);
    }

    private void Bind(IEnumerable<IPEndPoint> addresses, int asked)
    {
        _asked = asked;
        var port = asked;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            if (address.AddressFamily is AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Bind(new IPEndPoint(address.Address, port));
            socket.Listen(Backlog);
            port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        }

        FreePort = asked is 0 ? port : FreePort;
    }
}
