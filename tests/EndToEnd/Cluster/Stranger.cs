using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A server that is no node: it answers each line with an HTTP error and disconnects.</summary>
public sealed class Stranger : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Stranger()
    {
        _listener.Start();
        _ = AnswerAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of answered connections.</summary>
    public int Asked { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream());
                _ = await reader.ReadLineAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n"u8.ToArray());
                Asked++;
            }
        }
        catch (Exception problem) when (problem is SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
