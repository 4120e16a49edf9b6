using System.Buffers.Binary;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.Foundation.Network;

/// <summary>Tells when the last byte of a connection moved, in either direction.</summary>
/// <remarks>
/// A byte counts when it is received, and when the host at the other end acknowledges it. A socket takes megabytes at once, which a slow
/// network transports for minutes: in that time, only the acknowledgements show that the connection is alive.
/// </remarks>
public sealed class Traffic
{
    private const int TcpInfo = 11;

    // In the structure tcp_info of linux/tcp.h.
    private const int LastAcknowledgedOffset = 56;
    private const int AcknowledgedOffset = 120;
    private const int LeastSize = AcknowledgedOffset + sizeof(ulong);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _lastAt;
    private ulong _acknowledged;

    /// <summary>Begins now.</summary>
    /// <param name="socket">The socket of the connection.</param>
    /// <param name="time">The clock.</param>
    public Traffic(Socket socket, TimeProvider time)
    {
        (_socket, _time) = (socket, time);
        _lastAt = time.MonotonicTicks();
    }

    /// <summary>Records that bytes were received or taken by the socket.</summary>
    public void Record()
    {
        lock (_lock)
            _lastAt = _time.MonotonicTicks();
    }

    /// <summary>When the last byte moved, as by <see cref="MonotonicTime.MonotonicTicks"/>.</summary>
    public long LastAt
    {
        get
        {
            lock (_lock)
            {
                if (LastAcknowledged() is { } at)
                    _lastAt = Math.Max(_lastAt, at);

                return _lastAt;
            }
        }
    }

    // The host also acknowledges no new bytes, as in answer to a probe, while the program there reads none.
    private long? LastAcknowledged()
    {
        Span<byte> info = stackalloc byte[LeastSize];
        try
        {
            if (_socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpInfo, info) < LeastSize)
                return null;
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            return null;
        }

        var acknowledged = BinaryPrimitives.ReadUInt64LittleEndian(info[AcknowledgedOffset..]);
        if (acknowledged == _acknowledged)
            return null;

        _acknowledged = acknowledged;
        var ago = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(info[LastAcknowledgedOffset..]));
        return _time.MonotonicTicks() - ago.Ticks;
    }
}
