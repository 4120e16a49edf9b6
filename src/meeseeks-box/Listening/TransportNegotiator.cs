using System.Net.Sockets;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>
/// The way from a socket to a stream of lines: plain, or through a TLS handshake. Who comes the wrong way is told apart by the first bytes,
/// answered in plain text, and named in one line of the log.
/// </summary>
/// <param name="tls">The certificate and all that goes with it; null: plain text is spoken.</param>
/// <param name="idleTime">How long a client may take to say its first word; zero for ever.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it tells of those who are not let in.</param>
internal sealed class TransportNegotiator(TlsServer? tls, TimeSpan idleTime, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    private static readonly byte[] TlsRequired =
        ErrorLine.Of("this port speaks TLS and you speak plain text; set ssl where you connect from", ErrorCode.TlsRequired);

    private static readonly byte[] NoTls =
        ErrorLine.Of("this port speaks plain text and you speak TLS; leave ssl out where you connect from, or set listen.ssl here", ErrorCode.NoTls);

    private readonly RejectionLog _rejections = new(time, log);

    /// <summary>What new clients are let in with. Those who are in stay so.</summary>
    public TlsServer? Tls { get; set; } = tls;

    /// <summary>Lets a client in.</summary>
    /// <param name="client">The client; its socket stays the caller's.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Null when it is not let in, or has gone.</returns>
    public async Task<Stream?> OpenAsync(Socket client, CancellationToken stop)
    {
        // Nobody listens in on a Unix socket, and its file says who may connect.
        var tls = client.AddressFamily is AddressFamily.Unix ? null : Tls;
        using var limit = new CancellationTokenSource(
            tls is not null ? HandshakeTime : idleTime > TimeSpan.Zero ? idleTime : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return tls is null ? await OpenPlainAsync(client, either.Token) : await OpenTlsAsync(client, tls, either.Token);
        }
        catch (OperationCanceledException) when (tls is not null && limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            _rejections.Log(client, $"the TLS handshake was not over after {HandshakeTime.TotalSeconds} s");
        }
        catch (TlsException problem)
        {
            LogRejection(client, problem);
            await LingeringCloseAsync(client, either.Token);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            log.Debug("a client left before it was let in: {Problem}", problem.Message);
        }

        return null;
    }

    /// <summary>Says that a client did not want to be let in, which may show only after the handshake.</summary>
    public void LogRejection(Socket client, TlsException problem) => _rejections.Log(client, problem.Message);

    private async Task<Stream?> OpenPlainAsync(Socket client, CancellationToken stop)
    {
        var first = await PeekAsync(client, stop);
        if (!TlsRecord.IsHello(first.Span))
        {
            return new NetworkStream(client, ownsSocket: false);
        }

        _rejections.Log(client, "it speaks TLS, and this port speaks plain text");
        using var limit = new CancellationTokenSource(HandshakeTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        _ = await client.SendAsync(NoTls, either.Token);
        await LingeringCloseAsync(client, either.Token);
        return null;
    }

    private async Task<Stream?> OpenTlsAsync(Socket client, TlsServer tls, CancellationToken stop)
    {
        var first = await PeekAsync(client, stop);
        if (first.IsEmpty)
        {
            // Whoever only looks whether somebody listens.
            log.Debug("{Client} left without a word", client.RemoteEndPoint);
            return null;
        }

        if (TlsRecord.CanBeHello(first.Span))
        {
            return await tls.AuthenticateAsync(new NetworkStream(client, ownsSocket: false), stop);
        }

        _rejections.Log(client, "it speaks plain text, and this port speaks TLS");
        _ = await client.SendAsync(TlsRequired, stop);
        await LingeringCloseAsync(client, stop);
        return null;
    }

    // The first bytes, which stay to be read.
    private static async Task<ReadOnlyMemory<byte>> PeekAsync(Socket client, CancellationToken stop)
    {
        var first = new byte[TlsRecord.HelloLength];
        return first.AsMemory(0, await client.ReceiveAsync(first, SocketFlags.Peek, stop));
    }

    // A socket that is closed with unread input resets the connection, and the client may never see why.
    private static async Task LingeringCloseAsync(Socket client, CancellationToken stop)
    {
        try
        {
            client.Shutdown(SocketShutdown.Send);
            var rest = new byte[1024];
            while (await client.ReceiveAsync(rest, stop) > 0)
            {
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // The client has been told all that there is to tell.
        }
    }
}
