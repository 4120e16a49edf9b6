using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Binds listening sockets, all together or not at all.</summary>
internal static class ListenSockets
{
    private const int MostAttempts = 10;

    /// <summary>Listens on all ports of all addresses, except where a socket listens already.</summary>
    /// <param name="addresses">IP addresses, whose port is ignored, and paths of Unix sockets.</param>
    /// <param name="ports">The ports; 0 for any port that is free on all addresses.</param>
    /// <param name="mode">File mode of Unix sockets.</param>
    /// <param name="open">The endpoints that have a socket.</param>
    /// <param name="log">Receives further attempts to find a free port.</param>
    /// <exception cref="PortException">A port cannot be bound.</exception>
    /// <exception cref="IOException">A Unix socket cannot be made, or its path is taken.</exception>
    public static IReadOnlyList<ListenSocket> Bind(
        IReadOnlyList<EndPoint> addresses, PortList ports, UnixFileMode mode, IReadOnlySet<EndPoint> open, ILogger log)
    {
        var hosts = addresses.OfType<IPEndPoint>().Select(host => host.Address).ToArray();
        var bound = new List<ListenSocket>();
        try
        {
            foreach (var path in addresses.OfType<UnixDomainSocketEndPoint>().Where(path => !open.Contains(path)))
                bound.Add(ListenSocket.Bind(path, mode));

            // Port 0 last, so that the system does not choose one of the others.
            foreach (var port in ports.All.OrderBy(port => port is 0))
                Bind([.. hosts.Where(host => port is 0 || !open.Contains(new IPEndPoint(host, port)))], port, bound, log);

            return bound;
        }
        catch
        {
            bound.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static void Bind(IReadOnlyList<IPAddress> hosts, int port, List<ListenSocket> bound, ILogger log)
    {
        for (var attempt = 1; ; attempt++)
        {
            var first = bound.Count;
            try
            {
                foreach (var host in hosts)
                {
                    // All addresses get the port that the system has chosen for the first one.
                    var chosen = bound.Count > first ? ((IPEndPoint)bound[first].EndPoint).Port : port;
                    bound.Add(ListenSocket.Bind(host, chosen));
                }

                return;
            }
            catch (SocketException problem)
                when (port is 0 && attempt < MostAttempts && problem.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                log.Debug("free port of one address taken on another: trying another port");
                bound[first..].ForEach(socket => socket.Dispose());
                bound.RemoveRange(first, bound.Count - first);
            }
            catch (SocketException problem)
            {
                throw new PortException(port, problem);
            }
        }
    }
}
