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
/// <param name="time">The clock.</param>
/// <param name="log">Where it tells of those who are not let in.</param>
internal sealed class Entrance(TlsServer? tls, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    private static readonly byte[] TlsRequired =
        ErrorLine.Of("this port speaks TLS and you speak plain text; set ssl where you connect from", ErrorCode.TlsRequired);

    private static readonly byte[] NoTls =
        ErrorLine.Of("this port speaks plain text and you speak TLS; leave ssl out where you connect from, or set listen.ssl here", ErrorCode.NoTls);

    /// <summary>What new clients are let in with. Those who are in stay so.</summary>
    public TlsServer? Tls { get; set; } = tls;

    /// <summary>Lets a client in.</summary>
    /// <param name="client">The client; its socket stays the caller's.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Null when it is not let in, or has gone.</returns>
    public async Task<Stream?> OpenAsync(Socket client, CancellationToken stop)
    {
        var tls = Tls;
        using var limit = new CancellationTokenSource(tls is null ? Timeout.InfiniteTimeSpan : HandshakeTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return tls is null ? await OpenPlainAsync(client, stop) : await OpenTlsAsync(client, tls, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            log.Warning("{Client} is not let in: the TLS handshake was not over after {Limit} s", NameOf(client), HandshakeTime.TotalSeconds);
        }
        catch (TlsException problem)
        {
            TellOfRefusal(client, problem);
            await EndPolitelyAsync(client, either.Token);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            log.Debug("a client left before it was let in: {Problem}", problem.Message);
        }

        return null;
    }

    /// <summary>Says that a client did not want to be let in, which may show only after the handshake.</summary>
    public void TellOfRefusal(Socket client, TlsException problem) =>
        log.Warning("{Client} is not let in: {Problem}", NameOf(client), problem.Message);

    private async Task<Stream?> OpenPlainAsync(Socket client, CancellationToken stop)
    {
        var first = await PeekAsync(client, stop);
        if (!TlsRecord.IsHello(first.Span))
        {
            return new NetworkStream(client, ownsSocket: false);
        }

        log.Warning("{Client} is not let in: it speaks TLS, and this port speaks plain text", NameOf(client));
        using var limit = new CancellationTokenSource(HandshakeTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        _ = await client.SendAsync(NoTls, either.Token);
        await EndPolitelyAsync(client, either.Token);
        return null;
    }

    private async Task<Stream?> OpenTlsAsync(Socket client, TlsServer tls, CancellationToken stop)
    {
        var first = await PeekAsync(client, stop);
        if (first.IsEmpty)
        {
            // Whoever only looks whether somebody listens.
            log.Debug("{Client} left without a word", NameOf(client));
            return null;
        }

        if (TlsRecord.CanBeHello(first.Span))
        {
            return await tls.AuthenticateAsync(new NetworkStream(client, ownsSocket: false), stop);
        }

        log.Warning("{Client} is not let in: it speaks plain text, and this port speaks TLS", NameOf(client));
        _ = await client.SendAsync(TlsRequired, stop);
        await EndPolitelyAsync(client, stop);
        return null;
    }

    // The first bytes, which stay to be read.
    private static async Task<ReadOnlyMemory<byte>> PeekAsync(Socket client, CancellationToken stop)
    {
        var first = new byte[TlsRecord.HelloLength];
        return first.AsMemory(0, await client.ReceiveAsync(first, SocketFlags.Peek, stop));
    }

    // A socket that is closed with unread input resets the connection, and the client may never see why.
    private static async Task EndPolitelyAsync(Socket client, CancellationToken stop)
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

    private static string NameOf(Socket client) => client.RemoteEndPoint?.ToString() ?? "a client";
}
