using System.Net.Sockets;
using System.Text.Json;

namespace MeeseeksBox.BadNetwork;

/// <summary>A client on the Unix socket of a box, which is the same file on each host.</summary>
internal sealed class Client : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private Client(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        var stream = new NetworkStream(_socket);
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Connects to a box, which may still start.</summary>
    public static async Task<Client> ConnectAsync(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new Client(path);
            }
            catch (SocketException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Sends a request object and returns the answer object.</summary>
    public async Task<JsonElement> AskAsync(object request)
    {
        await _writer.WriteLineAsync(JsonSerializer.Serialize(new[] { request }));
        var line = await _reader.ReadLineAsync() ?? throw new IOException("the box has closed the connection");
        return JsonElement.Parse(line)[0];
    }

    public void Dispose()
    {
        _socket.Dispose();
        _reader.Dispose();
    }
}
