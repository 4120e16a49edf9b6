using System.Net.Sockets;

namespace MeeseeksBox.Foundation.Network;

/// <summary>Has the threads that wait for all sockets run what follows an arrival, instead of the thread pool.</summary>
/// <remarks>
/// A request that takes microseconds is answered in half the time without the way to another thread. What may take longer must leave those
/// threads first: <see cref="PoolStream"/>, <see cref="Tasks.PoolThread"/>.
/// </remarks>
public static class InlineSockets
{
    // Read by the runtime at its first wait for a socket. This is its only switch.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Turns it on, unless the environment says otherwise. Call it before any use of a socket.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
            return;

        Environment.SetEnvironmentVariable(Variable, "1");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
            _ = socket.ReceiveAsync(new byte[1]);

        // Processes of jobs do not inherit it.
        Environment.SetEnvironmentVariable(Variable, null);
    }
}
