using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>The process at the other end of a Unix socket, as the system reports it (SO_PEERCRED, unix(7)).</summary>
/// <param name="Pid">The process that has connected, or that listens.</param>
/// <param name="User">Its uid at that time.</param>
/// <param name="Group">Its gid at that time.</param>
public readonly record struct UnixPeer(int Pid, uint User, uint Group)
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int Size = 12;

    /// <summary>Stands for a peer that the system does not report: it is no user.</summary>
    public static UnixPeer Unknown { get; } = new(0, uint.MaxValue, uint.MaxValue);

    /// <summary>The peer of a connected socket.</summary>
    public static UnixPeer Of(Socket socket)
    {
        Span<byte> answer = stackalloc byte[Size];
        try
        {
            return socket.GetRawSocketOption(SocketLevel, PeerCredentials, answer) < Size
                ? Unknown
                : new UnixPeer(
                    MemoryMarshal.Read<int>(answer), MemoryMarshal.Read<uint>(answer[4..]), MemoryMarshal.Read<uint>(answer[8..]));
        }
        catch (SocketException)
        {
            return Unknown;
        }
    }
}
