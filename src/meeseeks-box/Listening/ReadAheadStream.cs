using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Foundation.Tasks;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The stream of a client, whose wait for data also reads a short line.</summary>
/// <remarks>
/// An idle connection must not hold a large buffer, so its reader first waits with an empty read. A short line then has arrived in the
/// small buffer of this stream, which saves a system call for each request. Its reader continues on the thread that has received it.
/// </remarks>
/// <param name="socket">The socket; it stays open.</param>
internal sealed class ReadAheadStream(Socket socket) : PoolStream(socket, ownsSocket: false)
{
    private const int Size = 512;

    private readonly byte[] _ahead = new byte[Size];
    private int _start;
    private int _end;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end)
            return buffer.IsEmpty ? WaitAsync(cancellationToken) : base.ReadAsync(buffer, cancellationToken);

        var count = Math.Min(buffer.Length, _end - _start);
        _ahead.AsMemory(_start, count).CopyTo(buffer);
        _start += count;

        // More than a short line: the rest comes in large parts.
        return count is Size && count < buffer.Length && Socket.Available > 0
            ? AppendAsync(buffer, count, cancellationToken)
            : ValueTask.FromResult(count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(CancellationToken stop)
    {
        (_start, _end) = (0, 0);
        try
        {
            _end = await ReadInlineAsync(_ahead, stop);
        }
        finally
        {
            if (_end is 0 or Size || _ahead[_end - 1] is not (byte)'\n')
                await PoolThread.EnterAsync();
        }

        return 0;
    }

    private async ValueTask<int> AppendAsync(Memory<byte> buffer, int count, CancellationToken stop) =>
        count + await base.ReadAsync(buffer[count..], stop);
}
