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

    private static readonly TimeSpan StarvedPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly ListenSocket _socket;
    private readonly ClientConnections _clients;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private Listener(ListenSocket socket, ClientConnections clients, TimeProvider time, ILogger log)
    {
        (_socket, _clients, _time, _log) = (socket, clients, time, log);
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
    public static Listener Start(ListenSocket socket, ClientConnections clients, TimeProvider time, ILogger log) =>
        new(socket, clients, time, log);

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
        var hasSlot = false;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (!hasSlot)
                {
                    await _clients.AcquireSlotAsync(_stop.Token);
                    hasSlot = true;
                }

                if (await AcceptAsync() is { } client)
                {
                    hasSlot = false;
                    _clients.Serve(client);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The listener was stopped.
        }
        finally
        {
            if (hasSlot)
                _clients.ReleaseSlot();
        }
    }

    // Null when there is no client after all.
    private async Task<Socket?> AcceptAsync()
    {
        try
        {
            if (!FileHandles.AreShort(Reserve))
                return await _socket.Socket.AcceptAsync(_stop.Token);

            await BackOffAsync("Too many open files");
        }
        catch (SocketException problem) when (IsStarved(problem))
        {
            await BackOffAsync(problem.Message);
        }
        catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            _log.Debug("client disconnected before accept");
        }

        return null;
    }

    private async Task BackOffAsync(string problem)
    {
        _log.Warning("accept failed: {Problem}", problem);
        await Task.Delay(StarvedPause, _time, _stop.Token);
    }

    private static bool IsStarved(SocketException problem) =>
        problem.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;
}
