using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>
/// The side that listens, with its certificate and all else read from files. It can be used by many connections at once; a new one is
/// loaded when files have changed, and connections that are there go on with the old one.
/// </summary>
public sealed class TlsServer
{
    private readonly TlsSettings _settings;

    private TlsServer(TlsSettings settings) => _settings = settings;

    /// <summary>Reads all that the section names.</summary>
    /// <param name="ssl">The section.</param>
    /// <param name="faults">All that is wrong with it.</param>
    /// <returns>Null when something is wrong.</returns>
    public static TlsServer? Load(SslConfig ssl, out IReadOnlyList<TlsConfigError> faults) =>
        TlsSettings.Load(ssl, TlsSide.Server, out faults) is { } settings ? new TlsServer(settings) : null;

    /// <summary>Encrypts a connection that a client has made. A client that is not let in is told why, in a line of JSON.</summary>
    /// <param name="stream">The connection; it belongs to the result, and is closed when there is none.</param>
    /// <param name="stop">Gives up; a time limit belongs here.</param>
    /// <exception cref="TlsException">The client is not let in, or speaks something else.</exception>
    public async Task<TlsStream> AuthenticateAsync(Stream stream, CancellationToken stop)
    {
        const string Client = "the client";
        var validator = new PeerCertificateValidator(_settings.Verify, TlsSide.Server, Client);
        var tls = new TlsStream(stream, Client);
        try
        {
            await tls.AuthenticateAsServerAsync(Options(validator), stop);
            if (validator.Refusal is not { } refusal)
                return tls;

            await tls.WriteAsync(ErrorLine.Of($"this node does not let you in: {refusal.Message}", ErrorCode.CertificateRefused), stop);
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
        // What is resumed is not judged anew.
        AllowTlsResume = false,
    };
}
