using System.Net.Sockets;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Client.Connections;

/// <summary>Connects to the box, and explains each failure in a readable message.</summary>
internal sealed class Connector(MeeseeksClientOptions options)
{
    /// <summary>The pauses between attempts to connect.</summary>
    public static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    private static readonly TimeSpan CrowdPause = TimeSpan.FromMilliseconds(10);

    private readonly string? _path = UnixAddress.PathOf(options.Address);
    private readonly string _host = HostOf(options);
    private readonly int _port = PortOf(options);

    /// <summary>The name of the box in messages, such as <c>localhost:13700</c>.</summary>
    public string Endpoint { get; } = NameOf(options);

    /// <summary>Whether any connection has succeeded.</summary>
    public bool WasReached { get; private set; }

    /// <summary>How long failed attempts are repeated: a box that was reached before is more likely to come back.</summary>
    public TimeSpan RetryFor => WasReached ? options.ReconnectFor : options.ConnectFor;

    /// <summary>Connects, in one attempt.</summary>
    /// <exception cref="MeeseeksConnectionException">The attempt failed.</exception>
    public async Task<Connection> ConnectAsync(CancellationToken stop)
    {
        if (HostAddress.Parse(options.Address) is { IsSuccess: false } wrong)
            throw new MeeseeksConnectionException($"no meeseeks-box at {Endpoint}: {wrong.Problem}");

        using var limit = new CancellationTokenSource(options.Timeout.ForTimer(), options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var host = new HostConnector(options.Time);
        try
        {
            var (stream, traffic) = _path is null
                ? await OpenHostAsync(host, either.Token)
                : await OpenFileAsync(new UnixDomainSocketEndPoint(_path), either.Token);
            WasReached = true;
            return new Connection(stream, Endpoint, options, traffic);
        }
        catch (TlsException problem)
        {
            throw new MeeseeksConnectionException($"no meeseeks-box at {Endpoint} over TLS: {problem.Message}", cause: problem);
        }
        catch (SocketException problem)
        {
            var reason = _path is null ? Reason(problem) : Reason(problem, _path);
            throw new MeeseeksConnectionException($"no meeseeks-box at {Endpoint}: {reason}", cause: problem);
        }
        catch (OperationCanceledException problem) when (!stop.IsCancellationRequested)
        {
            var advice = _path is null ? "check the address, and whether a firewall lets it through" : "check that it still takes clients";
            var failures = host.Failures is "" ? "" : $" ({host.Failures})";
            throw new MeeseeksConnectionException(
                $"no meeseeks-box at {Endpoint}: no connection within {options.Timeout.TotalSeconds:0.###} s{failures}; {advice}",
                cause: problem);
        }
    }

    private static string NameOf(MeeseeksClientOptions options) =>
        UnixAddress.PathOf(options.Address) is not null ? options.Address
        : HostOf(options) is var host && host.Contains(':') ? $"[{host}]:{PortOf(options)}"
        : $"{host}:{PortOf(options)}";

    // An address that cannot be parsed fails when the client connects.
    private static string HostOf(MeeseeksClientOptions options) =>
        HostAddress.Parse(options.Address) is { IsSuccess: true } parsed ? parsed.Value.Host : options.Address;

    private static int PortOf(MeeseeksClientOptions options) =>
        HostAddress.Parse(options.Address) is { IsSuccess: true, Value.Port: { } port } ? port : options.Port;

    private async Task<(Stream Stream, Traffic Traffic)> OpenHostAsync(HostConnector host, CancellationToken stop)
    {
        var socket = await host.ConnectAsync(_host, _port, stop);
        try
        {
            // Keep-alive detects a host that went down without closing the connection.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            var traffic = new Traffic(socket, options.Time);
            return (await EncryptAsync(new TrafficStream(socket, traffic), stop), traffic);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Without TLS: the box serves its Unix socket in plain text, because the data never leaves the host.
    private async Task<(Stream Stream, Traffic Traffic)> OpenFileAsync(UnixDomainSocketEndPoint file, CancellationToken stop)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(file, stop);
                var traffic = new Traffic(socket, options.Time);
                return (new TrafficStream(socket, traffic), traffic);
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.WouldBlock)
            {
                // The backlog of the socket is full. TCP would wait in the kernel; a Unix socket reports it, so wait here.
                socket.Dispose();
                await Task.Delay(CrowdPause, options.Time, stop);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    // The TLS files are read again for each connection, because certificates are renewed while programs run.
    private async Task<Stream> EncryptAsync(NetworkStream stream, CancellationToken stop)
    {
        if (options.Ssl is not { } ssl)
            return stream;

        if (TlsClient.Load(ssl, out var faults) is { } tls)
            return await tls.AuthenticateAsync(stream, _host, stop);

        await stream.DisposeAsync();
        var errors = string.Join("; ", faults.Select(error => $"{SslConfig.Key}.{error}"));
        throw new MeeseeksConnectionException($"no connection to {Endpoint}: {errors}");
    }

    private string Reason(SocketException problem) => problem is MixedFailuresException ? problem.Message : problem.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused; check that it is running, and that the port is right",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"there is no host '{_host}'; check the address",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown =>
            "the host cannot be reached; check the address",
        SocketError.TimedOut => "the host does not answer; check the address, and whether a firewall lets it through",
        _ => problem.Message,
    };

    private static string Reason(SocketException problem, string path) => (problem.SocketErrorCode, FileKind.Of(path)) switch
    {
        (SocketError.AccessDenied, _) => "permission denied; the mode of the socket (listen.mode) and of its folder say who may connect",
        (_, FileKind.None) => "there is no such file; check that it is running, and that the path is right",
        (_, not FileKind.Socket) => "that is not a socket; check the path",
        (SocketError.ConnectionRefused, _) => "connection refused; check that it is running",
        _ => problem.Message,
    };
}
