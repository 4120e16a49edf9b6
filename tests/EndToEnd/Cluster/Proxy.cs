using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A network between two boxes that a test can delay, slow down, block and cut.</summary>
public sealed class Proxy : IAsyncDisposable
{
    private const int SmallBuffer = 8 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _sockets = [];
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private long _bytesDown;
    private long _bytesUp;
    private volatile TaskCompletionSource? _hole;

    private Proxy(int target, int bytesPerSecond)
    {
        (_target, BytesPerSecond) = (target, bytesPerSecond);

        // An accepted socket has the buffer of the listener.
        if (bytesPerSecond > 0)
            _listener.Server.ReceiveBufferSize = SmallBuffer;

        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The delay of all bytes in each direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The number of bytes per second in each direction; 0 for no limit.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>The number of connections made.</summary>
    public int Connections { get; private set; }

    /// <summary>The number of bytes from the clients to the port.</summary>
    public long BytesDown => Interlocked.Read(ref _bytesDown);

    /// <summary>The number of bytes from the port to its clients.</summary>
    public long BytesUp => Interlocked.Read(ref _bytesUp);

    /// <summary>Starts a proxy before a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="bytesPerSecond">The rate at first, with buffers that are small enough for it; 0 for no limit.</param>
    public static Proxy Before(int port, int bytesPerSecond = 0) => new(port, bytesPerSecond);

    /// <summary>Closes all connections, and each new one at once.</summary>
    public void Cut()
    {
        _isCut = true;
        Break();
    }

    /// <summary>Closes all connections, and accepts new ones.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _sockets.ForEach(socket => socket.Close());
            _sockets.Clear();
        }
    }

    /// <summary>Blocks all bytes with the connections open, like an unplugged cable.</summary>
    public void Swallow() => _hole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends all faults. Blocked bytes arrive now.</summary>
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

            if (BytesPerSecond > 0)
            {
                server.ReceiveBufferSize = SmallBuffer;
                client.SendBufferSize = SmallBuffer;
                server.SendBufferSize = SmallBuffer;
            }

            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                lock (_lock)
                    _sockets.AddRange([client, server]);
                await Task.WhenAny(
                    PassAsync(client.GetStream(), server.GetStream(), count => Interlocked.Add(ref _bytesDown, count)),
                    PassAsync(server.GetStream(), client.GetStream(), count => Interlocked.Add(ref _bytesUp, count)));
            }
            catch (Exception problem) when (problem is SocketException or InvalidOperationException or OperationCanceledException)
            {
                // The port refuses, or the proxy was cut meanwhile: the connection of the client is closed.
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Action<int> passed)
    {
        var buffer = new byte[BytesPerSecond > 0 ? SmallBuffer : 64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, _stop.Token);
                if (BytesPerSecond is > 0 and var rate)
                    await Task.Delay(TimeSpan.FromSeconds(count / (double)rate), _stop.Token);
                if (_hole is { } hole)
                    await hole.Task.WaitAsync(_stop.Token);
                await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                passed(count);
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A side has disconnected, or the connection was cut.
        }
    }
}
