using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Protocol.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Accepts clients on all of its addresses, and gives each a <see cref="Connection"/>.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private const int Backlog = 1024;

    // Of the handles that the process may have, what connections leave to jobs (three pipes each) and files.
    private const double ShareOfHandles = 0.75;

    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StarvedPause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly SemaphoreSlim _room = new((int)(FileHandles.Limit() * ShareOfHandles));
    private readonly Func<ILineHandler> _handlers;
    private readonly long _longestLine;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<Socket> _sockets = [];
    private Task[] _loops = [];

    private Listener(Entrance entrance, Func<ILineHandler> handlers, long longestLine, TimeProvider time, ILogger log)
    {
        Entrance = entrance;
        _handlers = handlers;
        _longestLine = longestLine;
        _time = time;
        _log = log;
    }

    /// <summary>The port that is listened on; the one chosen where 0 was asked for.</summary>
    public int Port { get; private set; }

    /// <summary>Lets clients in.</summary>
    public Entrance Entrance { get; }

    /// <summary>Ends when the socket of the listener dies without having been told to: the box is of no use then.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Listens on an endpoint or several; answers from now on.</summary>
    /// <param name="addresses">Where; never empty.</param>
    /// <param name="port">The port; 0 for any that is free on all of the addresses.</param>
    /// <param name="entrance">Lets clients in.</param>
    /// <param name="handlers">Makes a handler for each connection.</param>
    /// <param name="longestLine">In bytes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where the listener tells of itself.</param>
    /// <exception cref="SocketException">An address cannot be listened on.</exception>
    public static Listener Start(
        IReadOnlyList<IPAddress> addresses, int port, Entrance entrance, Func<ILineHandler> handlers, long longestLine, TimeProvider time, ILogger log)
    {
        var listener = new Listener(entrance, handlers, longestLine, time, log);
        for (var attempt = 1; !listener.TryBind(addresses, port, mayRetry: port is 0 && attempt < 10); attempt++)
        {
            log.Debug("the port that was free on one address is taken on another: another one is tried");
        }

        listener._loops = [.. listener._sockets.Select(listener.AcceptAsync)];
        listener.Completion = Task.WhenAny(listener._loops).Unwrap();
        return listener;
    }

    /// <summary>Takes no new clients; those that are there are served on.</summary>
    public async Task StopAcceptingAsync()
    {
        await _stopAccepting.CancelAsync();
        _sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends every connection: after the line that it is answering, or after a second when its client does not read.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        await _finish.CancelAsync();
        _abort.CancelAfter(FinishTime);
        await Task.WhenAll(_connections.Keys);
        _room.Dispose();
        _stopAccepting.Dispose();
        _finish.Dispose();
        _abort.Dispose();
    }

    private bool TryBind(IReadOnlyList<IPAddress> addresses, int port, bool mayRetry)
    {
        Port = port;
        try
        {
            foreach (var address in addresses)
            {
                Bind(address);
            }

            return true;
        }
        catch (SocketException problem)
        {
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
            if (mayRetry && problem.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                return false;
            }

            throw;
        }
    }

    private void Bind(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        if (address.AddressFamily is AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false;
        }

        socket.Bind(new IPEndPoint(address, Port));
        socket.Listen(Backlog);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        _log.Information("listening on {EndPoint}", socket.LocalEndPoint.ToString());
    }

    /// <summary>One turn: accept a client and let it run by itself. Only the death of the listening socket ends this.</summary>
    private async Task AcceptAsync(Socket listening)
    {
        var hasRoom = false;
        while (!_stopAccepting.IsCancellationRequested)
        {
            try
            {
                if (!hasRoom)
                {
                    await TakeRoomAsync();
                    hasRoom = true;
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
                _log.Warning("no client can be accepted just now: {Problem}", problem.Message);
                await Task.Delay(StarvedPause, _time, _stopAccepting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                _log.Debug("a client left before it was accepted");
            }
        }
    }

    // Whoever comes while there is no room waits in the queue of the socket until somebody goes; each connection gives its place back.
    private async Task TakeRoomAsync()
    {
        if (_room.CurrentCount is 0)
        {
            _log.Warning("{Count} clients are connected, which is all that the limit of file handles leaves room for: others wait", _connections.Count);
        }

        await _room.WaitAsync(_stopAccepting.Token);
    }

    private static bool IsStarved(SocketException problem) =>
        problem.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    private void Serve(Socket client)
    {
        // It is in the list before it runs, so that a stop cannot miss it.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = ServeAsync(client, started.Task);
        _ = _connections.TryAdd(connection, true);
        _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
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
        socket.NoDelay = true;
        await using var stream = await Entrance.OpenAsync(socket, _finish.Token);
        if (stream is null)
        {
            return;
        }

        await new Connection(stream, _handlers(), _longestLine, _time, _log).RunAsync(_finish.Token, _abort.Token);
        if (stream is TlsStream { Refusal: { } refusal })
        {
            Entrance.TellOfRefusal(socket, refusal);
        }
    }
}
