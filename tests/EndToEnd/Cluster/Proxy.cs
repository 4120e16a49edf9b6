using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A network between two boxes that a test has in its hand: it passes bytes on, late or not at all, and cuts connections.</summary>
public sealed class Proxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _sockets = [];
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile TaskCompletionSource? _hole;

    private Proxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it takes connections.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long bytes are under way, each way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many connections were made.</summary>
    public int Connections { get; private set; }

    /// <summary>Stands before a port.</summary>
    public static Proxy Before(int port) => new(port);

    /// <summary>Ends all connections, and every new one at once.</summary>
    public void Cut()
    {
        _isCut = true;
        Break();
    }

    /// <summary>Ends all connections; new ones are welcome.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _sockets.ForEach(socket => socket.Close());
            _sockets.Clear();
        }
    }

    /// <summary>Lets no byte through, and says nothing of it: as a cable that was pulled out.</summary>
    public void Swallow() => _hole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everything through again; what was swallowed arrives now.</summary>
    public void Heal()
    {
        _isCut = false;
        _hole?.SetResult();
        _hole = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                passing.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(passing);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            if (_isCut)
                return;

            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                lock (_lock)
                    _sockets.AddRange([client, server]);
                await Task.WhenAny(PassAsync(client.GetStream(), server.GetStream()), PassAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception problem) when (problem is SocketException or InvalidOperationException or OperationCanceledException)
            {
                // Nobody listens there, or it was cut meanwhile: the client sees its connection ended.
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, _stop.Token);
                if (_hole is { } hole)
                    await hole.Task.WaitAsync(_stop.Token);
                await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side is gone, or the connection was cut.
        }
    }
}
