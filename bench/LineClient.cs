using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MeeseeksBox.Bench;

/// <summary>A minimal client: lines out, lines in.</summary>
/// <remarks>Its cost is part of the measurement, on both sides alike.</remarks>
internal sealed class LineClient : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[256 * 1024];

    private LineClient(Socket socket) => _socket = socket;

    public static async Task<LineClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new LineClient(socket);
    }

    /// <summary>Sends one line and waits for its answer.</summary>
    /// <remarks>It blocks, which is fastest for one line at a time.</remarks>
    /// <returns>The bytes of the answer, valid until the next call.</returns>
    public ReadOnlyMemory<byte> Ask(ReadOnlySpan<byte> line)
    {
        _ = _socket.Send(line);
        var length = 0;
        while (true)
        {
            var count = _socket.Receive(_buffer.AsSpan(length));
            if (count is 0)
                throw new IOException("The other side has closed the connection.");

            length += count;
            if (_buffer[length - 1] is (byte)'\n')
                return _buffer.AsMemory(0, length);

            if (length == _buffer.Length)
                Array.Resize(ref _buffer, length * 2);
        }
    }

    /// <summary>Sends one request and reads the answer.</summary>
    public JsonElement Ask(string request)
    {
        using var document = JsonDocument.Parse(Ask(Encoding.UTF8.GetBytes(request + "\n")));
        return document.RootElement.Clone();
    }

    /// <summary>Sends a line many times with several requests in flight, and reads all answers.</summary>
    /// <param name="line">The line, with its newline.</param>
    /// <param name="count">The number of requests.</param>
    /// <param name="window">The limit of requests in flight.</param>
    public async Task PipelineAsync(byte[] line, int count, int window)
    {
        var batch = window / 4;
        var block = Enumerable.Repeat(line, batch).SelectMany(bytes => bytes).ToArray();
        using var room = new SemaphoreSlim(4);
        var reading = Task.Run(() => ReadAnswersAsync(count, batch, room));
        for (var sent = 0; sent < count; sent += batch)
        {
            await room.WaitAsync();
            var rest = block.AsMemory(0, line.Length * Math.Min(batch, count - sent));
            while (!rest.IsEmpty)
                rest = rest[await _socket.SendAsync(rest)..];
        }

        await reading;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAnswersAsync(int count, int batch, SemaphoreSlim room)
    {
        for (var (answers, released) = (0, 0); answers < count;)
        {
            var length = await _socket.ReceiveAsync(_buffer);
            if (length is 0)
                throw new IOException("The other side has closed the connection.");

            answers += _buffer.AsSpan(0, length).Count((byte)'\n');
            for (; released < answers / batch; released++)
                _ = room.Release();
        }
    }
}
