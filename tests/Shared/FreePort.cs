using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.Testing;

/// <summary>A port of this host on which nothing listens.</summary>
public static class FreePort
{
    private const int First = 20_000;

    // The kernel chooses from here on by default. A lower port goes to no connection and no other listener meanwhile.
    private const int ChosenByKernel = 32_768;

    /// <summary>Finds one.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, ChosenByKernel);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
