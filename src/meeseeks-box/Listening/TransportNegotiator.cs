using System.Net.Sockets;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol;
using MeeseeksBox.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Opens the stream of an accepted socket: plain text, or TLS after a handshake.</summary>
/// <remarks>
/// The first bytes show a client with the wrong transport. It receives an error in plain text, and the rejection is logged.
/// </remarks>
/// <param name="time">The clock of all limits.</param>
/// <param name="log">Receives rejections.</param>
internal sealed class TransportNegotiator(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    private static readonly byte[] TlsRequired =
        ErrorLine.Of("this port speaks TLS and you speak plain text; set ssl where you connect from", ErrorCode.TlsRequired);

    private static readonly byte[] NoTls = ErrorLine.Of(
        "this port speaks plain text and you speak TLS; leave ssl out where you connect from, or set listen.ssl here", ErrorCode.NoTls);

    private readonly RejectionLog _rejections = new(time, log);

    /// <summary>Opens the stream of a client. The caller keeps the socket.</summary>
    /// <returns>Null when the client is rejected or gone.</returns>
    public async Task<Stream?> OpenAsync(Socket client, ListenSettings settings, CancellationToken stop)
    {
        // A Unix socket needs no encryption, and the mode of its file restricts access.
        var tls = client.AddressFamily is AddressFamily.Unix ? null : settings.Tls;
        var idleTime = settings.Limits.IdleTime;
        using var limit = new CancellationTokenSource(
            tls is not null ? HandshakeTime : idleTime > TimeSpan.Zero ? idleTime.ForTimer() : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return tls is null ? await OpenPlainAsync(client, either.Token) : await OpenTlsAsync(client, tls, either.Token);
        }
        catch (OperationCanceledException) when (tls is not null && limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            _rejections.Log(client, $"TLS handshake not complete after {HandshakeTime.TotalSeconds} s");
        }
        catch (TlsException problem)
        {
            LogRejection(client, problem);
            await LingeringCloseAsync(client, either.Token);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            log.Debug("client disconnected before the handshake was complete: {Problem}", problem.Message);
        }

        return null;
    }

    /// <summary>Logs a TLS rejection, which may become known only after the handshake.</summary>
    public void LogRejection(Socket client, TlsException problem) => _rejections.Log(client, problem.Message);

    private async Task<Stream?> OpenPlainAsync(Socket client, CancellationToken stop)
    {
        var first = await PeekAsync(client, stop);
        if (!TlsRecord.IsHello(first.Span))
            return new ReadAheadStream(client);

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

        // A handshake takes milliseconds of a processor.
        await PoolThread.EnterAsync();
        if (first.IsEmpty)
        {
            // A port scan or a health check.
            log.Debug("client {Client} disconnected without sending a byte", client.RemoteEndPoint);
            return null;
        }

        if (TlsRecord.CanBeHello(first.Span))
            return await tls.AuthenticateAsync(new PoolStream(client, ownsSocket: false), RefusalLine, stop);

        _rejections.Log(client, "it speaks plain text, and this port speaks TLS");
        _ = await client.SendAsync(TlsRequired, stop);
        await LingeringCloseAsync(client, stop);
        return null;
    }

    private static byte[] RefusalLine(string problem) => ErrorLine.Of($"connection rejected: {problem}", ErrorCode.CertificateRefused);

    // Reads the first bytes and leaves them in the socket.
    private static async Task<ReadOnlyMemory<byte>> PeekAsync(Socket client, CancellationToken stop)
    {
        var first = new byte[TlsRecord.HelloLength];
        return first.AsMemory(0, await client.ReceiveAsync(first, SocketFlags.Peek, stop));
    }

    // Closing a socket with unread input resets the connection, and the client may lose the error line. So the input is read to its end.
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
            // The error line was sent already.
        }
    }
}
