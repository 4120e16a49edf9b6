using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests;

/// <summary>A listener that answers request lines with the function of a test.</summary>
internal sealed class FakeBox : IAsyncDisposable
{
    private readonly Func<JsonElement, Task<string?>> _answer;
    private readonly TestListener _listener;

    /// <summary>Starts the listener.</summary>
    /// <param name="answer">Returns the answer to a request object; null closes the connection.</param>
    /// <param name="port">The port to listen on; 0: any free port.</param>
    public FakeBox(Func<JsonElement, Task<string?>> answer, int port = 0)
    {
        _answer = answer;
        _listener = new TestListener(TalkAsync, port);
    }

    public FakeBox(Func<JsonElement, string?> answer, int port = 0)
        : this(request => Task.FromResult(answer(request)), port)
    {
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => _listener.Port;

    /// <summary>The received request objects of all connections.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>The number of accepted connections.</summary>
    public int Connections => _listener.Accepted;

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
    public void Cut() => _listener.Cut();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task TalkAsync(TcpClient client, CancellationToken stop)
    {
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            var request = JsonElement.Parse(line)[0];
            Requests.Enqueue(request);
            if (await _answer(request).WaitAsync(stop) is not { } answer)
                break;
            await writer.WriteLineAsync($"[{answer}]");
        }
    }
}
