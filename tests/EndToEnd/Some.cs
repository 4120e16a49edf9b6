using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.EndToEnd;

/// <summary>Arbitrary values for tests.</summary>
internal static class Some
{
    private static int _count;

    /// <summary>A unique id.</summary>
    public static string Id() => $"job{Interlocked.Increment(ref _count)}";

    /// <summary>A unique address of this host, for a client that a box identifies by its host.</summary>
    public static IPAddress Loopback()
    {
        var count = Interlocked.Increment(ref _count);
        return new IPAddress([127, 1, (byte)(count >> 8), (byte)count]);
    }

    /// <summary>A port of this host on which nothing listens.</summary>
    /// <remarks>The kernel does not give it to a connection or to another test, because it is below the ports that it chooses.</remarks>
    public static int FreePort()
    {
        const int LowestChosenByKernel = 32768;
        while (true)
        {
            var port = Random.Shared.Next(20_000, LowestChosenByKernel);
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

    /// <summary>The <c>args</c> of a shell script.</summary>
    public static string[] Shell(string script, params string[] words) => ["/bin/sh", "-c", script, .. words];

    /// <summary>A program that succeeds at once.</summary>
    public static string[] True { get; } = ["/bin/true"];

    /// <summary>A program that runs until it is killed.</summary>
    public static string[] Sleep { get; } = ["/bin/sleep", "1000"];
}
