using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Unix;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Accepts the clients of one listening socket.</summary>
internal sealed class Listener : IAsyncDisposable
{
    // The runtime opens two descriptors for each new thread, and ends the process when it cannot.
    private const int Reserve = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly ListenSocket _socket;
    private readonly Func<CancellationToken, ValueTask<Socket>> _accept;
    private readonly ClientConnections _clients;
    private readonly TimeProvider _time;
    private readonly LogPause<string> _pause;
    private readonly ILogger _log;

    private Listener(
        ListenSocket socket,
        Func<CancellationToken, ValueTask<Socket>> accept,
        ClientConnections clients,
        TimeProvider time,
        ILogger log)
    {
        (_socket, _accept, _clients, _time, _log) = (socket, accept, clients, time, log);
        _pause = new LogPause<string>(TimeSpan.FromMinutes(1), time);
        Completion = AcceptAllAsync();
    }

    /// <summary>True when clients can find the socket.</summary>
    public bool IsReachable => _socket.IsReachable;

    /// <summary>The address of the socket.</summary>
    public EndPoint EndPoint => _socket.EndPoint;

    /// <summary>Ends with the accept loop: with a fault when the socket failed, and the box must stop then.</summary>
    public Task Completion { get; }

    /// <summary>Starts to accept clients.</summary>
    /// <param name="socket">The socket, which the listener owns and closes.</param>
    /// <param name="clients">Serves the clients.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="log">Receives accept failures.</param>
    /// <param name="accept">Accepts a client; null: from the socket.</param>
    public static Listener Start(
        ListenSocket socket,
        ClientConnections clients,
        TimeProvider time,
        ILogger log,
        Func<CancellationToken, ValueTask<Socket>>? accept = null) =>
        new(socket, accept ?? socket.Socket.AcceptAsync, clients, time, log);

    /// <summary>Closes the socket and accepts no more clients; existing connections continue.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // Runs until the stop, or until the listening socket fails.
    private async Task AcceptAllAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (await AcceptAsync() is { } client)
                    _clients.Serve(client);
            }
        }
        catch (OperationCanceledException)
        {
            // The listener was stopped.
        }
    }

    // Null when there is no client after all.
    private async Task<Socket?> AcceptAsync()
    {
        try
        {
            if (!FileHandles.AreShort(Reserve))
                return await _accept(_stop.Token);

            await BackOffAsync("Too many open files");
        }
        catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            _log.Debug("client disconnected before accept");
        }
        catch (SocketException problem) when (!HasFailed(problem))
        {
            // Linux passes on the network errors of a client that is not accepted yet, and the refusal of a firewall; see accept(2).
            await BackOffAsync(problem.Message);
        }

        return null;
    }

    private async Task BackOffAsync(string problem)
    {
        if (_pause.IsOver(problem))
            _log.Warning("accept failed: {Problem}; tried again", problem);
        await Task.Delay(Pause, _time, _stop.Token);
    }

    // The listening socket itself is of no use any more.
    private static bool HasFailed(SocketException problem) =>
        problem.SocketErrorCode is SocketError.NotSocket or SocketError.InvalidArgument;
}
