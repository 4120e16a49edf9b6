using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>
/// An encrypted connection. Closing it says goodbye to the other side and closes the stream below. With TLS 1.3 a client hears only
/// with its first answer that the other side does not like its certificate: reading throws a <see cref="TlsException"/> then.
/// </summary>
public sealed class TlsStream : SslStream
{
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(1);

    internal TlsStream(Stream stream)
        : base(stream, leaveInnerStreamOpen: false)
    {
    }

    /// <summary>
    /// The common name in the certificate of the other side; null when it has sent none. It proves something only where the other side's
    /// certificate is verified.
    /// </summary>
    public string? PeerName => (RemoteCertificate as X509Certificate2)?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception) when (TlsFailure.Refusal(exception) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // The other side may be gone, or not read: then there is nobody to say goodbye to.
        if (IsAuthenticated)
            await ShutdownAsync().WaitAsync(GoodbyeTime, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync();
    }
}
