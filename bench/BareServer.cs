using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.Bench;

/// <summary>The listener of the baseline servers.</summary>
internal static class BareServer
{
    /// <summary>Serves on a free port, which it prints, until it is killed.</summary>
    /// <param name="serve">Serves a client, and owns its socket.</param>
    public static async Task<int> RunAsync(Func<Socket, Task> serve)
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        Console.WriteLine(((IPEndPoint)listening.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
        while (true)
        {
            var client = await listening.AcceptAsync();
            client.NoDelay = true;
            _ = serve(client);
        }
    }
}
