using System.Net.Sockets;
using MeeseeksBox.Agent.Host;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Accepts clients on all its addresses and creates a <see cref="ClientConnection"/> for each.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StarvedPause = TimeSpan.FromMilliseconds(100);

    private readonly TaskTracker _connections = new();
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly SemaphoreSlim _room;
    private readonly ListenSockets _sockets;
    private readonly ListenLimits _limits;
    private readonly Func<string?, ILineHandler> _handlers;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private Task[] _loops = [];

    private Listener(
        ListenSockets sockets,
        ListenLimits limits,
        TransportNegotiator transport,
        Func<string?, ILineHandler> handlers,
        TimeProvider time,
        ILogger log)
    {
        Transport = transport;
        _sockets = sockets;
        _limits = limits;
        _room = new SemaphoreSlim(limits.Connections);
        _handlers = handlers;
        _time = time;
        _log = log;
    }

    /// <summary>The port that the system chose for a configured 0; 0 without one.</summary>
    public int FreePort => _sockets.FreePort;

    /// <summary>Opens the plain or TLS stream of each client.</summary>
    public TransportNegotiator Transport { get; }

    /// <summary>Ends with the accept loops: with a fault when a listening socket failed, and the box must stop then.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Creates a listener and starts to accept clients.</summary>
    /// <param name="sockets">Listening sockets, which the listener owns and closes.</param>
    /// <param name="limits">Limits for its clients.</param>
    /// <param name="transport">Opens the stream of each client.</param>
    /// <param name="handlers">Creates the handler of a connection from the name in the client's certificate; null without one.</param>
    /// <param name="time">The clock of all limits.</param>
    /// <param name="log">Receives accept failures and rejections.</param>
    public static Listener Start(
        ListenSockets sockets,
        ListenLimits limits,
        TransportNegotiator transport,
        Func<string?, ILineHandler> handlers,
        TimeProvider time,
        ILogger log)
    {
        var listener = new Listener(sockets, limits, transport, handlers, time, log);
        listener._loops = [.. sockets.All.Select(listener.AcceptAsync)];
        listener.Completion = Task.WhenAny(listener._loops).Unwrap();
        return listener;
    }

    /// <summary>Accepts no more clients; existing connections continue.</summary>
    public async Task StopAcceptingAsync()
    {
        await _stopAccepting.CancelAsync();
        _sockets.Dispose();
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends every connection after its current line, or after one second when its client does not read.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        await _finish.CancelAsync();
        _abort.CancelAfter(FinishTime);
        await _connections.WhenAllAsync();
        _room.Dispose();
        _stopAccepting.Dispose();
        _finish.Dispose();
        _abort.Dispose();
    }

    // Runs until the stop, or until the listening socket fails.
    private async Task AcceptAsync(Socket listening)
    {
        var hasRoom = false;
        while (!_stopAccepting.IsCancellationRequested)
        {
            try
            {
                if (!hasRoom)
                {
                    await AcquireSlotAsync();
                    hasRoom = true;
                }

                if (FileHandles.AreShortForClients())
                {
                    await BackOffAsync("Too many open files");
                    continue;
                }

                var client = await listening.AcceptAsync(_stopAccepting.Token);
                hasRoom = false;
                Serve(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException problem) when (IsStarved(problem))
            {
                await BackOffAsync(problem.Message);
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                _log.Debug("client disconnected before accept");
            }
        }
    }

    // At the limit, new clients wait in the backlog of the socket. Each connection releases its slot at its end.
    private async Task AcquireSlotAsync()
    {
        if (_room.CurrentCount is 0)
        {
            _log.Warning("connection limit reached: {Count} clients ({Limit}); new clients wait", _connections.Count, _limits.Reason);
        }

        await _room.WaitAsync(_stopAccepting.Token);
    }

    private async Task BackOffAsync(string problem)
    {
        _log.Warning("accept failed: {Problem}", problem);
        await Task.Delay(StarvedPause, _time, _stopAccepting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool IsStarved(SocketException problem) =>
        problem.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    private void Serve(Socket client)
    {
        // The connection is registered before it runs, so that a stop cannot miss it.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections.Add(ServeAsync(client, started.Task));
        started.SetResult();
    }

    private async Task ServeAsync(Socket client, Task started)
    {
        await started;
        using var socket = client;
        try
        {
            await ServeAsync(socket);
        }
        finally
        {
            _ = _room.Release();
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        if (socket.ProtocolType is ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }

        await using var stream = await Transport.OpenAsync(socket, _finish.Token);
        if (stream is null)
        {
            return;
        }

        var name = (stream as TlsStream)?.PeerName;
        await new ClientConnection(stream, _handlers(name), _limits, _time, _log).RunAsync(_finish.Token, _abort.Token);
        if (stream is TlsStream { Refusal: { } refusal })
        {
            Transport.LogRejection(socket, refusal);
        }
    }
}
