using System.Net.Sockets;
using System.Text;

namespace MeeseeksBox.Testing;

/// <summary>A listener that answers each line of each client with another line.</summary>
public sealed class LineServer : IAsyncDisposable
{
    private readonly Func<string, CancellationToken, Task<string>> _answer;
    private readonly TestListener _listener;

    /// <summary>Starts listening.</summary>
    /// <param name="answer">Returns the answer to a line.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public LineServer(Func<string, CancellationToken, Task<string>> answer, int port = 0)
    {
        _answer = answer;
        _listener = new TestListener(ServeAsync, port);
    }

    /// <summary>Starts listening on a free port.</summary>
    public LineServer(Func<string, string> answer)
        : this((line, _) => Task.FromResult(answer(line)))
    {
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => _listener.Port;

    /// <summary>Closes all connections and frees the port.</summary>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using var reader = new StreamReader(client.GetStream());
        while (await reader.ReadLineAsync(stop) is { Length: > 0 } line)
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(await _answer(line, stop) + "\n"), stop);
    }
}
