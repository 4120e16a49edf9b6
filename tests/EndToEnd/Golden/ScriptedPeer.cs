using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>A downstream node whose replies a test gives, and which records the lines of the box.</summary>
internal sealed class ScriptedPeer(Transcript transcript) : IDisposable
{
    private readonly TcpListener _listener = Listen();
    private TcpClient? _client;
    private LineStream? _lines;

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Accepts the next connection of the box.</summary>
    public async Task AcceptAsync()
    {
        _client?.Dispose();
        _client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        _client.NoDelay = true;
        _lines = new LineStream(_client.GetStream());
    }

    /// <summary>Records the next line of the box.</summary>
    public async Task RecordAsync() => transcript.Sent(await _lines!.ReadAsync() ?? "[end]");

    /// <summary>Records the next line that carries jobs to a node of the original.</summary>
    /// <remarks>A change during a reply in flight causes one more wake-up, with an empty line.</remarks>
    public async Task RecordJobsAsync()
    {
        var line = await _lines!.ReadAsync();
        while (line?.StartsWith("""[{"sync":{},""", StringComparison.Ordinal) is true)
        {
            await _lines.SendAsync("""[{"sync":[],"get":{}}]""");
            line = await _lines.ReadAsync();
        }

        transcript.Sent(line ?? "[end]");
    }

    /// <summary>Replies to a line of the box.</summary>
    public async Task AnswerAsync(string line)
    {
        transcript.Received(line);
        await _lines!.SendAsync(line);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
