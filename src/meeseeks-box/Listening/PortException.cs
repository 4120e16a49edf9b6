using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Listening;

/// <summary>A port cannot be bound.</summary>
/// <param name="port">The configured port, 0 included.</param>
/// <param name="cause">The error of the system.</param>
internal sealed class PortException(int port, SocketException cause)
    : IOException($"port {port}: {cause.Message}{AdviceOn(port, cause.SocketErrorCode)}", cause)
{
    // Below it, Linux allows no port to a program without the right to it, unless the host is set otherwise.
    private const int FirstFreePort = 1024;

    private static string AdviceOn(int port, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            "; another program, perhaps another meeseeks-box, listens there: stop it, or choose another port with listen.port=PORT",
        SocketError.AccessDenied when port < FirstFreePort =>
            $"; a port below {FirstFreePort} needs root or CAP_NET_BIND_SERVICE: choose another one, "
                + $"as with listen.port={ListenConfig.DefaultPort}",
        _ => "",
    };
}
