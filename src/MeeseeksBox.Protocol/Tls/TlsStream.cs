using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>
/// An encrypted connection. Closing it says goodbye to the other side and closes the stream below. Either side may find out after the
/// other that it does not like the other's certificate: then the first read of the other throws a <see cref="TlsException"/>.
/// </summary>
public sealed class TlsStream : SslStream
{
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(1);

    private readonly string _peer;
    private bool _hasRead;

    internal TlsStream(Stream stream, string peer)
        : base(stream, leaveInnerStreamOpen: false) => _peer = peer;

    /// <summary>That the other side turned out not to want us; null as long as nothing speaks for that.</summary>
    public TlsException? Refusal { get; private set; }

    /// <summary>
    /// The common name in the certificate of the other side; null when it has sent none. It proves something only where the other side's
    /// certificate is verified.
    /// </summary>
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
                Refusal = new TlsException(TlsErrorKind.Refused, $"{_peer} closed the connection right after the handshake; as a rule, it does not trust our certificate");
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
        // The other side may be gone, or not read: then there is nobody to say goodbye to.
        if (IsAuthenticated)
            await SayGoodbyeAsync().WaitAsync(GoodbyeTime, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync();
    }

    // Async, so that whatever is thrown is in the task.
    private async Task SayGoodbyeAsync() => await ShutdownAsync();
}
