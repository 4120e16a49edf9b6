using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Tls;

/// <summary>An encrypted connection.</summary>
/// <remarks>
/// Closing it sends <c>close_notify</c> and closes the inner stream. The peer may reject our certificate after our side of the
/// handshake is complete: then the first read throws a <see cref="TlsException"/>.
/// </remarks>
public sealed class TlsStream : SslStream
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly string _peer;
    private bool _hasRead;

    internal TlsStream(Stream stream, string peer)
        : base(stream, leaveInnerStreamOpen: false) => _peer = peer;

    /// <summary>The error when the peer rejected the connection; null otherwise.</summary>
    public TlsException? Refusal { get; private set; }

    /// <summary>The common name in the certificate of the peer; null without a certificate.</summary>
    /// <remarks>The name is proven only if the certificate is verified.</remarks>
    public string? PeerName => (RemoteCertificate as X509Certificate2)?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_hasRead)
            return await base.ReadAsync(buffer, cancellationToken);

        try
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count is 0 && !buffer.IsEmpty)
            {
                Refusal = new TlsException(
                    TlsErrorKind.Refused,
                    $"{_peer} closed the connection right after the handshake; it probably does not trust our certificate");
            }

            _hasRead = count > 0;
            return Refusal is null ? count : throw Refusal;
        }
        catch (IOException exception) when (exception is not TlsException && OpenSslErrorMapper.Refusal(exception, _peer) is { } refusal)
        {
            Refusal = refusal;
            throw refusal;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // The peer may be gone, or may not read: the wait for close_notify is limited.
        if (IsAuthenticated)
        {
            await SendCloseNotifyAsync()
                .WaitAsync(CloseTimeout, TimeProvider.System)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.DisposeAsync();
    }

    // Async, so that an exception is stored in the task.
    private async Task SendCloseNotifyAsync() => await ShutdownAsync();
}
