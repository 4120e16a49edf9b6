using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Tasks;
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
    // Clients over the limit that may wait, or read their refusal. Each has a descriptor.
    private const int MostOver = 64;

    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly ConnectionSlots _slots = new();
    private readonly TransportNegotiator _transport = new(time, log);
    private volatile ListenSettings? _settings;
    private readonly LogPause<string> _pause = new(TimeSpan.FromMinutes(1), time);
    private int _over;

    /// <summary>Replaces the settings of new connections. Call it before the first client.</summary>
    public void Apply(ListenSettings settings)
    {
        _settings = settings;
        _slots.Resize(settings.Limits.Connections);
    }

    /// <summary>Serves a client. Over the limit of connections it waits a moment for the end of another one, and is refused then.</summary>
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
        await Task.WhenAll(_connections.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            if (await _slots.TryAcquireAsync(TimeSpan.Zero, CancellationToken.None))
                await ServeInSlotAsync(socket);
            else
                await ServeOverLimitAsync(socket);
        }
        catch (OperationCanceledException) when (_finish.IsCancellationRequested)
        {
            // The box stops.
        }
#pragma warning disable CA1031 // A failure on one connection must not affect another.
        catch (Exception problem)
        {
            log.Error(problem, "connection ended: internal error; please report it");
        }
#pragma warning restore CA1031
    }

    private async Task ServeInSlotAsync(Socket socket)
    {
        try
        {
            await ServeAsync(socket, _settings!, handlers);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task ServeOverLimitAsync(Socket socket)
    {
        LogLimit();
        try
        {
            if (Interlocked.Increment(ref _over) > MostOver)
                return;
            if (await _slots.TryAcquireAsync(LongestWait, _finish.Token))
            {
                await ServeInSlotAsync(socket);
                return;
            }

            var limits = _settings!.Limits;
            var brief = limits with { IdleTime = RefusalTime };
            await ServeAsync(socket, _settings with { Limits = brief }, _ => new BusyHandler(limits));
        }
        finally
        {
            _ = Interlocked.Decrement(ref _over);
        }
    }

    private void LogLimit()
    {
        var limits = _settings!.Limits;
        if (!_pause.IsOver(limits.Reason))
            return;
        log.Warning(
            "connection limit reached: {Count} clients ({Limit}); further ones wait {LongestWait} s and are refused as busy",
            limits.Connections, limits.Reason, LongestWait.TotalSeconds);
    }

    private async Task ServeAsync(Socket socket, ListenSettings settings, Func<ClientIdentity, ILineHandler> handlers)
    {
        if (socket.ProtocolType is ProtocolType.Tcp)
            socket.NoDelay = true;

        await using var stream = await _transport.OpenAsync(socket, settings, _finish.Token);
        if (stream is null)
            return;

        // The look-up of the client may take long.
        await PoolThread.EnterAsync();
        var client = new ClientIdentity(
            (stream as TlsStream)?.PeerName, UserOf(socket), (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString());
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
