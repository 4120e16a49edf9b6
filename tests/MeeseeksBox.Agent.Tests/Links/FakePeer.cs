using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>A downstream node that answers lines with the function of a test.</summary>
/// <remarks>Each character of an answer up to U+00FF is a byte, so that an answer may have any bytes.</remarks>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly Func<string, Task<string?>, Task<string?>> _answer;
    private readonly TestListener _listener;

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">Returns the answer to a line, and may await the next line; null closes the connection.</param>
    public FakePeer(Func<string, Task<string?>, Task<string?>> answer)
    {
        _answer = answer;
        _listener = new TestListener(TalkAsync);
    }

    /// <summary>The received lines of all connections.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>The number of accepted connections.</summary>
    public int Accepted => _listener.Accepted;

    /// <summary>The number of open connections.</summary>
    public int Open => _listener.Open;

    /// <summary>The configuration of a link to it.</summary>
    public LinkConfig Config => new() { Address = "127.0.0.1", Port = _listener.Port };

    /// <summary>Aborts all connections.</summary>
    public void Cut() => _listener.Cut();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task TalkAsync(TcpClient client, CancellationToken stop)
    {
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { AutoFlush = true, NewLine = "\n" };
        var next = reader.ReadLineAsync(stop).AsTask();
        while (await next is { } line)
        {
            Lines.Enqueue(line);
            next = reader.ReadLineAsync(stop).AsTask();
            if (await _answer(line, next).WaitAsync(stop) is not { } answer)
                break;

            await writer.WriteLineAsync(answer);
        }
    }
}
