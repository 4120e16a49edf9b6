using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Tls;

/// <summary>Validates the certificate of the peer in one handshake, with errors in plain words.</summary>
/// <param name="verify">How the certificate is verified.</param>
/// <param name="side">Our side of the connection.</param>
/// <param name="peer">The peer, as messages name it: <c>localhost</c>, <c>the client</c>.</param>
internal sealed class PeerCertificateValidator(CertificateVerification verify, TlsSide side, string peer)
{
    private const X509ChainStatusFlags Unknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>The error of a rejected certificate; null while none is rejected.</summary>
    public TlsException? Refusal { get; private set; }

    /// <summary>The callback of SslStream, which passes the certificate, or null for a peer without one.</summary>
    public bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (verify is not CertificateVerification.None && errors is not SslPolicyErrors.None)
            Refusal = Validate(certificate as X509Certificate2, chain, errors);

        // SslStream sends no alert on Linux, so a server completes the handshake to send the error to the client.
        return Refusal is null || side is TlsSide.Server;
    }

    private TlsException? Validate(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return side is TlsSide.Server && verify is CertificateVerification.Optional
                ? null
                : new TlsException(TlsErrorKind.NoCertificate, $"{peer} sent no certificate, but one is required");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return ValidateChain(certificate, chain);
        var names = CertificateNames.Of(certificate);
        return new TlsException(
            TlsErrorKind.OtherHost,
            IPAddress.TryParse(peer, out var address) && names.Any(name => IPAddress.TryParse(name, out var other) && other.Equals(address))
                ? $"the certificate of {peer} has this address as a DNS name, which does not count; sign one with the name IP:{address}"
                : $"the certificate of {peer} is not valid for this name but for {string.Join(", ", names)}");
    }

    private TlsException ValidateChain(X509Certificate2 certificate, X509Chain? chain)
    {
        var statuses = chain?.ChainStatus ?? [];
        var all = statuses.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        if ((all & Unknown) is not 0)
        {
            var signer = certificate.Subject == certificate.Issuer
                ? "it is self-signed"
                : $"its issuer '{certificate.Issuer}' does not lead to a trusted authority";
            return new TlsException(
                TlsErrorKind.NotTrusted,
                $"the certificate '{certificate.Subject}' of {peer} is not trusted: {signer} (ssl.cafile, ssl.capath)");
        }

        if (all is X509ChainStatusFlags.NotTimeValid)
        {
            var expired = chain!.ChainElements
                .First(element => element.ChainElementStatus.Any(status => status.Status is X509ChainStatusFlags.NotTimeValid))
                .Certificate;
            return new TlsException(
                TlsErrorKind.Expired,
                $"the certificate '{expired.Subject}' of {peer} is only valid "
                    + $"from {OwnCertificate.Day(expired.NotBefore)} to {OwnCertificate.Day(expired.NotAfter)}");
        }

        var reason = all.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? $"it is not valid for a {(side is TlsSide.Server ? "client" : "server")} (extendedKeyUsage)"
            : string.Join("; ", statuses.Select(status => status.StatusInformation.TrimEnd('.')));
        return new TlsException(TlsErrorKind.NotTrusted, $"the certificate '{certificate.Subject}' of {peer} is not trusted: {reason}");
    }
}
