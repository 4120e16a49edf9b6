using System.Collections.Concurrent;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The connections of all listening sockets.</summary>
/// <param name="handlers">Creates the handler of a connection.</param>
/// <param name="time">The clock of all limits.</param>
/// <param name="log">Receives rejections and the limit of connections.</param>
internal sealed class ClientConnections(Func<ClientIdentity, ILineHandler> handlers, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly ConnectionSlots _slots = new();
    private readonly TransportNegotiator _transport = new(time, log);
    private volatile ListenSettings? _settings;

    /// <summary>Replaces the settings of new connections. Call it before the first client.</summary>
    public void Apply(ListenSettings settings)
    {
        _settings = settings;
        _slots.Resize(settings.Limits.Connections);
    }

    /// <summary>Takes the slot of the next connection. At the limit, new clients wait in the backlog of the socket.</summary>
    public async Task AcquireSlotAsync(CancellationToken stop)
    {
        if (_slots.AreTaken)
        {
            log.Warning(
                "connection limit reached: {Count} clients ({Limit}); new clients wait", _connections.Count, _settings!.Limits.Reason);
        }

        await _slots.AcquireAsync(stop);
    }

    /// <summary>Gives back a slot that no connection got.</summary>
    public void ReleaseSlot() => _slots.Release();

    /// <summary>Serves a client, whose connection gives its slot back at its end.</summary>
    public void Serve(Socket client)
    {
        // The connection is registered before it runs, so that a stop cannot miss it.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = ServeAsync(client, started.Task);
        _ = _connections.TryAdd(connection, true);
        _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
        started.SetResult();
    }

    /// <summary>Ends every connection after its current line, or after one second when its client does not read.</summary>
    public async ValueTask DisposeAsync()
    {
        await _finish.CancelAsync();
        _abort.CancelAfter(FinishTime);
        await Task.WhenAll(_connections.Keys);
        _slots.Dispose();
        _finish.Dispose();
        _abort.Dispose();
    }

    private async Task ServeAsync(Socket client, Task started)
    {
        await started;
        using var socket = client;
        try
        {
            await ServeAsync(socket, _settings!);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task ServeAsync(Socket socket, ListenSettings settings)
    {
        if (socket.ProtocolType is ProtocolType.Tcp)
            socket.NoDelay = true;

        await using var stream = await _transport.OpenAsync(socket, settings, _finish.Token);
        if (stream is null)
            return;

        var client = new ClientIdentity((stream as TlsStream)?.PeerName, UserOf(socket));
        await new ClientConnection(stream, handlers(client), settings.Limits, time, log).RunAsync(_finish.Token, _abort.Token);
        if (stream is TlsStream { Refusal: { } refusal })
            _transport.LogRejection(socket, refusal);
    }

    // Of the process that has connected, when it did so.
    private static PeerUser? UserOf(Socket socket)
    {
        if (socket.AddressFamily is not AddressFamily.Unix)
            return null;

        var peer = UnixPeer.Of(socket);
        return new PeerUser(peer.User, peer.Group, peer.Pid);
    }
}
