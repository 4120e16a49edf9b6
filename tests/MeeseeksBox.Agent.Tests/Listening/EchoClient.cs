using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.Agent.Tests.Listening;

/// <summary>A client of <see cref="EchoHandler"/>.</summary>
internal sealed class EchoClient : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly StreamReader _reader;

    private EchoClient(Socket socket) => (_socket, _reader) = (socket, new StreamReader(new NetworkStream(socket)));

    public static Task<EchoClient> ConnectAsync(int port) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    public static async Task<EchoClient> ConnectAsync(EndPoint end)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(end, TestContext.Current.CancellationToken);
        return new EchoClient(socket);
    }

    /// <summary>Sends a line, and returns the answer; null when the connection was closed.</summary>
    public async Task<string?> AskAsync(string line)
    {
        _ = await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        return await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }
}
