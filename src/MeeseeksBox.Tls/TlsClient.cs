using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MeeseeksBox.Tls;

/// <summary>The connecting side of TLS, with all files loaded.</summary>
/// <remarks>One instance serves many connections at once. When files have changed, load another one.</remarks>
public sealed class TlsClient
{
    private readonly TlsSettings _settings;

    private TlsClient(TlsSettings settings) => _settings = settings;

    /// <summary>Our certificate and its intermediate certificates; empty for none.</summary>
    public IReadOnlyList<OwnCertificate> Certificates => _settings.Certificates;

    /// <summary>Loads a section and all files that it names.</summary>
    /// <param name="ssl">The section.</param>
    /// <param name="faults">The errors.</param>
    /// <returns>The client side; null on an error.</returns>
    public static TlsClient? Load(SslConfig ssl, out IReadOnlyList<TlsConfigError> faults) =>
        TlsSettings.Load(ssl, TlsSide.Client, out faults) is { } settings ? new TlsClient(settings) : null;

    /// <summary>Encrypts an open connection.</summary>
    /// <param name="stream">The connection; the result owns it, and a failure closes it.</param>
    /// <param name="host">The requested name or address; the certificate of the peer must be for it.</param>
    /// <param name="stop">Cancels the handshake, for example after a time limit.</param>
    /// <exception cref="TlsException">The peer is not trusted, rejects the connection, or does not speak TLS.</exception>
    public async Task<TlsStream> AuthenticateAsync(Stream stream, string host, CancellationToken stop)
    {
        var validator = new PeerCertificateValidator(_settings.Verify, TlsSide.Client, host);
        var answers = new PeekStream(stream);
        var tls = new TlsStream(answers, host);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(host, validator), stop);
            return tls;
        }
        catch (Exception failure)
        {
            await tls.DisposeAsync();
            if (failure is AuthenticationException or IOException or SocketException)
                throw validator.Refusal ?? Problem(failure, host, answers.First);
            throw;
        }
    }

    private static TlsException Problem(Exception failure, string host, byte? answer) =>
        answer is { } first && !TlsRecord.CanBeAnswer(first)
            ? new TlsException(
                TlsErrorKind.PlainText,
                $"{host} speaks plain text on this port and not TLS; leave ssl out, or set listen.ssl on the other side",
                failure)
            : OpenSslErrorMapper.Of(failure, host);

    private SslClientAuthenticationOptions Options(string host, PeerCertificateValidator validator) => new()
    {
        // Certificates contain addresses in their shortest form.
        TargetHost = IPAddress.TryParse(host, out var address) ? address.ToString() : host,
        ClientCertificateContext = _settings.Own,
        CertificateChainPolicy = _settings.Trust,
        RemoteCertificateValidationCallback = validator.IsGood,
        EnabledSslProtocols = _settings.Versions,
        CipherSuitesPolicy = _settings.Ciphers,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };
}
