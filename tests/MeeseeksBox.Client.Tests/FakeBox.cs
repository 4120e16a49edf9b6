using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace MeeseeksBox.Client.Tests;

/// <summary>A listener that answers request lines with the function of a test.</summary>
internal sealed class FakeBox : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = [];
    private readonly Func<JsonElement, Task<string?>> _answer;
    private readonly TcpListener _listener;
    private readonly Task _loop;

    /// <summary>Starts the listener.</summary>
    /// <param name="answer">Returns the answer to a request object; null closes the connection.</param>
    /// <param name="port">The port to listen on; 0: any free port.</param>
    public FakeBox(Func<JsonElement, Task<string?>> answer, int port = 0)
    {
        _answer = answer;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = AcceptAsync();
    }

    public FakeBox(Func<JsonElement, string?> answer, int port = 0)
        : this(request => Task.FromResult(answer(request)), port)
    {
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The received request objects of all connections.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>The number of accepted connections.</summary>
    public int Connections { get; private set; }

    /// <summary>A client that connects to it.</summary>
    public MeeseeksClient Client(Func<MeeseeksClientOptions, MeeseeksClientOptions>? change = null)
    {
        var options = new MeeseeksClientOptions
        {
            Address = "127.0.0.1",
            Port = Port,
            Timeout = TimeSpan.FromSeconds(20),
            Refresh = TimeSpan.FromMilliseconds(10),
        };
        return new MeeseeksClient(change?.Invoke(options) ?? options);
    }

    /// <summary>Aborts all connections.</summary>
    public void Cut()
    {
        // A client that was disposed meanwhile has no socket.
        foreach (var client in _clients.Keys)
            client.Client?.Close(0);
    }

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
                Connections++;
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
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
            while (await reader.ReadLineAsync(_end.Token) is { } line)
            {
                var request = JsonElement.Parse(line)[0];
                Requests.Enqueue(request);
                if (await _answer(request).WaitAsync(_end.Token) is not { } answer)
                    break;
                await writer.WriteLineAsync($"[{answer}]");
            }
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
