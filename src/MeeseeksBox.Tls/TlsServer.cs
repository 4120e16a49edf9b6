using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MeeseeksBox.Tls;

/// <summary>The listening side of TLS, with all files loaded.</summary>
/// <remarks>
/// One instance serves many connections at once. When files have changed, load another one; open connections keep the previous one.
/// </remarks>
public sealed class TlsServer
{
    private readonly TlsSettings _settings;

    private TlsServer(TlsSettings settings) => _settings = settings;

    /// <summary>Our certificate and its intermediate certificates; empty for none.</summary>
    public IReadOnlyList<OwnCertificate> Certificates => _settings.Certificates;

    /// <summary>Loads a section and all files that it names.</summary>
    /// <param name="ssl">The section.</param>
    /// <param name="faults">The errors.</param>
    /// <returns>The server side; null on an error.</returns>
    public static TlsServer? Load(SslConfig ssl, out IReadOnlyList<TlsConfigError> faults) =>
        TlsSettings.Load(ssl, TlsSide.Server, out faults) is { } settings ? new TlsServer(settings) : null;

    /// <summary>Encrypts a connection from a client.</summary>
    /// <param name="stream">The connection; the result owns it, and a failure closes it.</param>
    /// <param name="refusalLine">Makes the bytes that a rejected client receives from the error text.</param>
    /// <param name="stop">Cancels the handshake, for example after a time limit.</param>
    /// <exception cref="TlsException">The client is rejected, or does not speak TLS.</exception>
    public async Task<TlsStream> AuthenticateAsync(Stream stream, Func<string, byte[]> refusalLine, CancellationToken stop)
    {
        const string Client = "the client";
        var validator = new PeerCertificateValidator(_settings.Verify, TlsSide.Server, Client);
        var tls = new TlsStream(stream, Client);
        try
        {
            await tls.AuthenticateAsServerAsync(Options(validator), stop);
            if (validator.Refusal is not { } refusal)
                return tls;

            await tls.WriteAsync(refusalLine(refusal.Message), stop);
            throw refusal;
        }
        catch (Exception failure)
        {
            await tls.DisposeAsync();
            if (failure is AuthenticationException or IOException or SocketException)
                throw validator.Refusal ?? OpenSslErrorMapper.Of(failure, Client);
            throw;
        }
    }

    private SslServerAuthenticationOptions Options(PeerCertificateValidator validator) => new()
    {
        ServerCertificateContext = _settings.Own,
        ClientCertificateRequired = _settings.Verify is not CertificateVerification.None,
        CertificateChainPolicy = _settings.Trust,
        RemoteCertificateValidationCallback = validator.IsGood,
        EnabledSslProtocols = _settings.Versions,
        CipherSuitesPolicy = _settings.Ciphers,
        AllowRenegotiation = false,
        // The certificate of a resumed session would not be validated again.
        AllowTlsResume = false,
    };
}
