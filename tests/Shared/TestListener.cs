using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.Testing;

/// <summary>A listener that talks with each of its clients by the function of a test.</summary>
public sealed class TestListener : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = [];
    private readonly TcpListener _listener;
    private readonly Func<TcpClient, CancellationToken, Task> _talk;
    private readonly Task _loop;

    /// <summary>Starts to listen.</summary>
    /// <param name="talk">Talks with a client, whose connection is closed afterwards.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public TestListener(Func<TcpClient, CancellationToken, Task> talk, int port = 0)
    {
        _talk = talk;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The number of accepted connections.</summary>
    public int Accepted { get; private set; }

    /// <summary>The number of open connections.</summary>
    public int Open => _clients.Count;

    /// <summary>Aborts all connections.</summary>
    public void Cut()
    {
        // A client that was disposed meanwhile has no socket.
        foreach (var client in _clients.Keys)
            client.Client?.Close(0);
    }

    /// <summary>Aborts all connections and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        await _loop;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                client.NoDelay = true;
                Accepted++;
                _clients[client] = true;
                talks.Add(TalkAsync(client));
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException
            || (_end.IsCancellationRequested && problem is InvalidOperationException or SocketException))
        {
            // The listener may also be stopped between two clients.
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            await _talk(client, _end.Token);
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The client or the test has ended the connection.
        }
        finally
        {
            _ = _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }
}
