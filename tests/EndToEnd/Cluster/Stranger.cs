using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Something that listens and is no node: it answers whatever comes with a line of its own and hangs up.</summary>
public sealed class Stranger : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Stranger()
    {
        _listener.Start();
        _ = AnswerAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often somebody has come.</summary>
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
