using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MeeseeksBox.Testing;

/// <summary>A listener that answers each line of each client with another line.</summary>
public sealed class LineServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, CancellationToken, Task<string>> _answer;
    private readonly Task _loop;

    /// <summary>Starts listening.</summary>
    /// <param name="answer">Returns the answer to a line.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public LineServer(Func<string, CancellationToken, Task<string>> answer, int port = 0)
    {
        _answer = answer;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = AcceptAsync();
    }

    /// <summary>Starts listening on a free port.</summary>
    public LineServer(Func<string, string> answer)
        : this((line, _) => Task.FromResult(answer(line)))
    {
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>Closes all connections and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception problem) when (problem is OperationCanceledException or InvalidOperationException && _stop.IsCancellationRequested)
        {
            // The server is stopped.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            using var reader = new StreamReader(client.GetStream());
            try
            {
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
                {
                    var answer = Encoding.UTF8.GetBytes(await _answer(line, _stop.Token) + "\n");
                    await client.GetStream().WriteAsync(answer, _stop.Token);
                }
            }
            catch (Exception problem) when (problem is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has disconnected, or the server is stopped.
            }
        }
    }
}
