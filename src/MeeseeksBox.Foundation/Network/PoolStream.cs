using System.Net.Sockets;
using MeeseeksBox.Foundation.Tasks;

namespace MeeseeksBox.Foundation.Network;

/// <summary>The stream of a socket whose readers and writers continue on the thread pool (<see cref="InlineSockets"/>).</summary>
/// <param name="socket">The socket.</param>
/// <param name="ownsSocket">Whether the socket is closed with the stream.</param>
public class PoolStream(Socket socket, bool ownsSocket) : NetworkStream(socket, ownsSocket)
{
    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        InPool(base.ReadAsync(buffer, cancellationToken));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        InPool(base.WriteAsync(buffer, cancellationToken));

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads, and continues on the thread that has received the data.</summary>
    protected ValueTask<int> ReadInlineAsync(Memory<byte> buffer, CancellationToken stop) => base.ReadAsync(buffer, stop);

    private static ValueTask<int> InPool(ValueTask<int> read) => read.IsCompletedSuccessfully ? read : InPoolAsync(read);

    private static ValueTask InPool(ValueTask written) => written.IsCompletedSuccessfully ? written : InPoolAsync(written);

    private static async ValueTask<int> InPoolAsync(ValueTask<int> read)
    {
        try
        {
            return await read;
        }
        finally
        {
            await PoolThread.EnterAsync();
        }
    }

    private static async ValueTask InPoolAsync(ValueTask written)
    {
        try
        {
            await written;
        }
        finally
        {
            await PoolThread.EnterAsync();
        }
    }
}
