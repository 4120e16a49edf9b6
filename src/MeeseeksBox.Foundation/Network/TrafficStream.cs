using System.Net.Sockets;

namespace MeeseeksBox.Foundation.Network;

/// <summary>The stream of a socket, which records each movement of bytes in its <see cref="Traffic"/>.</summary>
/// <param name="socket">The socket; it is closed with the stream.</param>
/// <param name="traffic">The record.</param>
public sealed class TrafficStream(Socket socket, Traffic traffic) : PoolStream(socket, ownsSocket: true)
{
    // One write of several megabytes would be one movement.
    private const int PieceSize = 64 * 1024;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        traffic.Record();
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, PieceSize)];
            await base.WriteAsync(piece, cancellationToken);
            traffic.Record();
            buffer = buffer[piece.Length..];
        }
    }
}
