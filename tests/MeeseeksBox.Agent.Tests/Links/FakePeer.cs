using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>A downstream node that answers lines with the function of a test.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, Task<string?>, Task<string?>> _answer;
    private readonly Task _loop;

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">Returns the answer to a line, and may await the next line; null closes the connection.</param>
    public FakePeer(Func<string, Task<string?>, Task<string?>> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>The received lines of all connections.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>The number of accepted connections.</summary>
    public int Accepted { get; private set; }

    /// <summary>The number of open connections.</summary>
    public int Open => _clients.Count;

    /// <summary>The configuration of a link to it.</summary>
    public LinkConfig Config => new() { Address = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port };

    /// <summary>Aborts all connections.</summary>
    public void Cut()
    {
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
                Accepted++;
                _clients[client] = true;
                talks.Add(TalkAsync(client));
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
            var next = reader.ReadLineAsync(_end.Token).AsTask();
            while (await next is { } line)
            {
                Lines.Enqueue(line);
                next = reader.ReadLineAsync(_end.Token).AsTask();
                if (await _answer(line, next).WaitAsync(_end.Token) is not { } answer)
                    break;

                await writer.WriteLineAsync(answer);
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The box or the test has ended the connection.
        }
        finally
        {
            _ = _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }
}
