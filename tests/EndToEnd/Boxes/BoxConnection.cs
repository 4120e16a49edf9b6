using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A connection to a box, for lines of text.</summary>
public sealed class BoxConnection : IDisposable
{
    private readonly StreamReader _reader;

    private BoxConnection(Socket socket)
    {
        Stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(Stream, new UTF8Encoding(false));
    }

    /// <summary>The stream of bytes.</summary>
    public NetworkStream Stream { get; }

    /// <summary>Connects to a box.</summary>
    /// <param name="port">The port of the box.</param>
    /// <param name="address">The address of the box; null for 127.0.0.1.</param>
    /// <param name="from">The address of the client; null for any.</param>
    public static Task<BoxConnection> OpenAsync(int port, IPAddress? address = null, IPAddress? from = null)
    {
        address ??= IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        return OpenAsync(socket, new IPEndPoint(address, port));
    }

    /// <summary>Connects to the Unix socket of a box.</summary>
    public static Task<BoxConnection> OpenAsync(string path) =>
        OpenAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path));

    private static async Task<BoxConnection> OpenAsync(Socket socket, EndPoint place)
    {
        try
        {
            await socket.ConnectAsync(place, TestContext.Current.CancellationToken);
            return new BoxConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends text unchanged.</summary>
    public async Task SendAsync(string text) =>
        await Stream.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);

    /// <summary>Receives a line.</summary>
    /// <returns>Null when the box has closed the connection.</returns>
    /// <exception cref="TimeoutException">No line came.</exception>
    public async Task<string?> ReadLineAsync() =>
        await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);

    /// <summary>Receives a line and reads it as JSON.</summary>
    public async Task<JsonElement> ReadAnswerAsync() =>
        await ReadLineAsync() is { } line
            ? JsonElement.Parse(line)
            : throw new EndOfStreamException("The box closed the connection instead of answering.");

    /// <summary>Sends a line and receives the answer to it.</summary>
    public async Task<JsonElement> AskAsync(string line)
    {
        await SendAsync(line + "\n");
        return await ReadAnswerAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
    }
}
