using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>
/// The side that connects, with whom it trusts and all else read from files. It can be used for many connections at once; a new one is
/// loaded when files have changed.
/// </summary>
public sealed class TlsClient
{
    private readonly TlsSettings _settings;

    private TlsClient(TlsSettings settings) => _settings = settings;

    /// <summary>Reads all that the section names.</summary>
    /// <param name="ssl">The section.</param>
    /// <param name="faults">All that is wrong with it.</param>
    /// <returns>Null when something is wrong.</returns>
    public static TlsClient? Load(SslConfig ssl, out IReadOnlyList<TlsConfigError> faults) =>
        TlsSettings.Load(ssl, TlsSide.Client, out faults) is { } settings ? new TlsClient(settings) : null;

    /// <summary>Encrypts a connection that was made.</summary>
    /// <param name="stream">The connection; it belongs to the result, and is closed when there is none.</param>
    /// <param name="host">The name or address that was asked for; the certificate of the other side must be for it.</param>
    /// <param name="stop">Gives up; a time limit belongs here.</param>
    /// <exception cref="TlsException">The other side is not whom it should be, does not want us, or speaks something else.</exception>
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

    private static TlsException Problem(Exception failure, string host, byte? answer) => answer is { } first && !TlsRecord.CanBeAnswer(first)
        ? new TlsException(TlsErrorKind.PlainText, $"{host} speaks plain text there and not TLS: leave ssl out, or set listen.ssl on the other side", failure)
        : OpenSslErrorMapper.Of(failure, host);

    private SslClientAuthenticationOptions Options(string host, PeerCertificateValidator validator) => new()
    {
        // The certificate has addresses in their shortest form.
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
