using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The listeners of a box, one for each of its addresses and ports.</summary>
/// <param name="handlers">Creates the handler of a connection.</param>
/// <param name="observe">Observes a background loop under a name.</param>
/// <param name="time">The clock of all limits.</param>
/// <param name="log">Receives addresses, warnings and rejections.</param>
internal sealed class Listeners(
    Func<ClientIdentity, ILineHandler> handlers, Func<string, Task, Task> observe, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly ClientConnections _clients = new(handlers, time, log);
    private readonly Dictionary<EndPoint, Listener> _listeners = [];
    private readonly Dictionary<EndPoint, SocketFileWatch> _watches = [];

    // Guards the listeners: a removed socket file is made again while a configuration is applied, too.
    private readonly SemaphoreSlim _turn = new(1);

    private ListenConfig? _config;
    private bool _isDisposed;

    // True when a socket file could not be made again.
    private bool _isIncomplete;

    // The port that the system chose for a configured 0.
    private int _freePort;

    /// <summary>The bound ports, with the chosen port in place of a configured 0.</summary>
    public PortList Ports => _config?.Ports.WithFreePort(_freePort) ?? new(0);

    /// <summary>Validates a configuration and binds its new sockets, which accept nobody yet.</summary>
    /// <remarks><see cref="ApplyAsync"/> must follow. Unchanged sockets keep the clients that wait in their backlog.</remarks>
    /// <returns>The change, or the problems with nothing changed.</returns>
    public async Task<(ListenChange? Change, IReadOnlyList<string> Problems)> PrepareAsync(ListenConfig listen, CancellationToken stop)
    {
        var (tls, problems) = Load(listen);
        if (problems is not [])
            return (null, problems);

        var settings = new ListenSettings(ListenLimits.Of(listen), tls);
        await _turn.WaitAsync(stop);
        try
        {
            return await PrepareAsync(listen, settings, stop);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private async Task<(ListenChange? Change, IReadOnlyList<string> Problems)> PrepareAsync(
        ListenConfig listen, ListenSettings settings, CancellationToken stop)
    {
        if (!_isIncomplete && _config is { } old
            && old.Address == listen.Address && old.Prefix == listen.Prefix && old.Ports.Equals(listen.Ports))
            return (new ListenChange(listen, settings, _listeners.Keys.ToHashSet(), [], _freePort), []);

        try
        {
            var addresses = await ListenAddress.ResolveAsync(listen, stop);
            stop.ThrowIfCancellationRequested();
            return (await BindAsync(listen, settings, addresses), []);
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            var place = $"{listen.Prefix ?? listen.Address}{(problem is PortException ? "" : ":")}";
            return (null, [$"listen: cannot listen on {place} {problem.Message}"]);
        }
    }

    /// <summary>Closes the sockets that are not configured any more, and accepts clients on the new ones.</summary>
    /// <remarks>Connections stay open, because one of them may be that of the client that sent the configuration.</remarks>
    public async Task ApplyAsync(ListenChange change)
    {
        await _turn.WaitAsync();
        try
        {
            await ReplaceAsync(change);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private async Task ReplaceAsync(ListenChange change)
    {
        _clients.Apply(change.Settings);
        foreach (var listener in _listeners.Values.Where(listener => !change.Kept.Contains(listener.EndPoint)).ToArray())
            await CloseAsync(listener);

        foreach (var path in change.Kept.OfType<UnixDomainSocketEndPoint>())
            UnixSocketFile.SetMode(path.ToString(), change.Config.Mode);

        foreach (var socket in change.Added)
            Open(socket);

        if (change.Config != _config && change.Settings.Tls is null && _listeners.Keys.Any(ListenAddress.IsOpenToOthers))
        {
            var role = change.Config.Allow.Of(name: null).Role;
            log.Warning("listening without TLS on a non-loopback address: any host can {What}", What(role));
        }

        (_config, _freePort, _isIncomplete) = (change.Config, change.FreePort, false);
    }

    /// <summary>Closes all sockets, and then all connections (<see cref="ClientConnections.DisposeAsync"/>).</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            await _turn.WaitAsync();
            foreach (var watch in _watches.Values)
                watch.Dispose();
            _ = _turn.Release();
            await Task.WhenAll(_listeners.Values.Select(listener => listener.DisposeAsync().AsTask()));
            await _clients.DisposeAsync();
        }
    }

    private async Task<ListenChange> BindAsync(ListenConfig listen, ListenSettings settings, IReadOnlyList<EndPoint> addresses)
    {
        var ports = listen.Ports.WithFreePort(_config?.Ports.All.Contains(0) is true ? _freePort : 0);
        var wanted = addresses
            .SelectMany<EndPoint, EndPoint>(
                address => address is IPEndPoint host ? ports.All.Select(port => new IPEndPoint(host.Address, port)) : [address])
            .ToHashSet();
        var kept = wanted.Where(_listeners.ContainsKey).ToHashSet();

        // The system allows no port of one address beside the same port of all addresses. So the old socket must be closed first.
        var inTheWay = _listeners.Keys.OfType<IPEndPoint>()
            .Where(open => !kept.Contains(open) && wanted.OfType<IPEndPoint>().Any(other => Overlap(open, other)))
            .ToArray();
        foreach (var open in inTheWay)
            await CloseAsync(_listeners[open]);

        try
        {
            var added = ListenSockets.Bind(addresses, ports, listen.Mode, kept, log);
            var chosen = added.Select(socket => socket.EndPoint).OfType<IPEndPoint>().LastOrDefault()?.Port ?? 0;
            var free = !listen.Ports.All.Contains(0) ? 0 : ports.All.Contains(0) ? chosen : _freePort;
            return new ListenChange(listen, settings, kept, added, free);
        }
        catch
        {
            foreach (var open in inTheWay)
                Open(ListenSocket.Bind(open.Address, open.Port));

            throw;
        }
    }

    private static bool Overlap(IPEndPoint one, IPEndPoint other) =>
        one.Port == other.Port && one.AddressFamily == other.AddressFamily && (IsAny(one) || IsAny(other));

    private static bool IsAny(IPEndPoint end) => end.Address.Equals(IPAddress.Any) || end.Address.Equals(IPAddress.IPv6Any);

    private void Open(ListenSocket socket)
    {
        var listener = Listener.Start(socket, _clients, time, log);
        _listeners.Add(socket.EndPoint, listener);
        _ = observe("listener", listener.Completion);
        var name = socket.EndPoint is UnixDomainSocketEndPoint path ? $"unix:{path}" : socket.EndPoint.ToString();
        log.Information("listening on {EndPoint}", name);
        if (socket.EndPoint is UnixDomainSocketEndPoint file)
            Watch(file);
    }

    private void Watch(UnixDomainSocketEndPoint file)
    {
        _watches[file] = SocketFileWatch.Start(file, Check, Warn, out var problem);
        if (problem is not null)
            Warn(problem);

        // It may have been removed before.
        if (!_listeners[file].IsReachable)
            Check();

        void Warn(string reason) =>
            log.Warning("socket file {File} not watched, so it is not made again: {Problem}", file.ToString(), reason);

        // On another thread, because the watch is replaced.
        void Check() => _ = observe("socket file", Task.Run(() => MakeAgainAsync(file)));
    }

    // Somebody has cleaned up a folder, or another box has taken the path.
    private async Task MakeAgainAsync(UnixDomainSocketEndPoint file)
    {
        await _turn.WaitAsync();
        try
        {
            if (_isDisposed || !_listeners.TryGetValue(file, out var listener) || listener.IsReachable)
                return;

            await CloseAsync(listener);
            Open(ListenSocket.Bind(file, _config!.Mode));
            log.Warning("socket file {File} was removed and is made again", file.ToString());
        }
        catch (IOException problem)
        {
            _isIncomplete = true;
            log.Error("socket file was removed, and clients cannot connect before a reload: {Problem}", problem.Message);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private ValueTask CloseAsync(Listener listener)
    {
        _ = _listeners.Remove(listener.EndPoint);
        if (_watches.Remove(listener.EndPoint, out var watch))
            watch.Dispose();
        return listener.DisposeAsync();
    }

    private static string What(Role role) => role switch
    {
        Role.Read => "read all jobs",
        Role.Submit => "submit jobs and so run programs",
        Role.Peer => "run programs as any user that this node can run jobs as",
        Role.Admin => "run programs and change the configuration",
        _ => "connect",
    };

    // Reading the configuration has checked the same files already; a problem here means that a file has changed since.
    private static (TlsServer? Tls, IReadOnlyList<string> Problems) Load(ListenConfig listen)
    {
        if (listen.Ssl is null)
            return (null, []);

        var tls = TlsServer.Load(listen.Ssl, out var faults);
        return (tls, [.. faults.Select(error => $"listen.ssl.{error}")]);
    }
}
