using System.Net.Sockets;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;

namespace MeeseeksBox.Client.Connections;

/// <summary>Makes connections to the box, and says in plain words why it could not.</summary>
internal sealed class Connector(MeeseeksClientOptions options)
{
    /// <summary>How the box is called in messages: <c>localhost:13700</c>.</summary>
    public string Peer { get; } = options.Address.Contains(':') ? $"[{options.Address}]:{options.Port}" : $"{options.Address}:{options.Port}";

    /// <summary>Whether the box was ever there.</summary>
    public bool WasReached { get; private set; }

    /// <summary>Connects once.</summary>
    /// <exception cref="MeeseeksConnectionException">It did not come about.</exception>
    public async Task<Connection> ConnectAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.Timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A box that went away without a word is noticed by its host's silence.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(options.Address, options.Port, either.Token);
            var stream = await EncryptAsync(new NetworkStream(socket, ownsSocket: true), either.Token);
            WasReached = true;
            return new Connection(stream, Peer, options.Timeout, options.Time);
        }
        catch (TlsException problem)
        {
            throw new MeeseeksConnectionException($"no meeseeks-box at {Peer} over TLS: {problem.Message}", cause: problem);
        }
        catch (SocketException problem)
        {
            socket.Dispose();
            throw new MeeseeksConnectionException($"no meeseeks-box at {Peer}: {Reason(problem)}", cause: problem);
        }
        catch (OperationCanceledException problem) when (!stop.IsCancellationRequested)
        {
            socket.Dispose();
            throw new MeeseeksConnectionException(
                $"no meeseeks-box at {Peer}: no connection within {options.Timeout.TotalSeconds:0.###} s; is the address right, and does a firewall let it through?",
                cause: problem);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Read anew for each connection: certificates are renewed while programs run.
    private async Task<Stream> EncryptAsync(NetworkStream stream, CancellationToken stop)
    {
        if (options.Ssl is not { } ssl)
        {
            return stream;
        }

        if (TlsClient.Load(ssl, out var faults) is { } tls)
        {
            return await tls.AuthenticateAsync(stream, options.Address, stop);
        }

        await stream.DisposeAsync();
        throw new MeeseeksConnectionException($"no connection to {Peer}: {string.Join("; ", faults.Select(fault => $"{SslConfig.Key}.{fault}"))}");
    }

    private string Reason(SocketException problem) => problem.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused; is it running, and is the port right?",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"there is no host '{options.Address}'; is the address right?",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown => "the host cannot be reached; is the address right?",
        SocketError.TimedOut => "the host does not answer; is the address right, and does a firewall let it through?",
        _ => problem.Message,
    };
}
