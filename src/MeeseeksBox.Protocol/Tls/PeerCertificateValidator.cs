using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Judges the certificate of the other side in one handshake, and says in plain words what is wrong with it.</summary>
/// <param name="verify">What is asked of it.</param>
/// <param name="side">Which side we are.</param>
/// <param name="peer">The other side in a sentence: <c>localhost</c>, <c>the client</c>.</param>
internal sealed class PeerCertificateValidator(CertificateVerification verify, TlsSide side, string peer)
{
    private const X509ChainStatusFlags Unknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>Why it is turned down; null while it is not.</summary>
    public TlsException? Refusal { get; private set; }

    /// <summary>Called by SslStream once the certificate is there, or is known not to come.</summary>
    public bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (verify is not CertificateVerification.None && errors is not SslPolicyErrors.None)
            Refusal = Validate(certificate as X509Certificate2, chain, errors);

        // SslStream sends no alert on Linux. A server goes on just so far that it can say what it has against the client.
        return Refusal is null || side is TlsSide.Server;
    }

    private TlsException? Validate(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return side is TlsSide.Server && verify is CertificateVerification.Optional
                ? null
                : new TlsException(TlsErrorKind.NoCertificate, $"{peer} has sent no certificate, and one is required");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return ValidateChain(certificate, chain);
        return new TlsException(
            TlsErrorKind.OtherHost, $"the certificate of {peer} is not for this name but for {string.Join(", ", CertificateNames.Of(certificate))}");
    }

    private TlsException ValidateChain(X509Certificate2 certificate, X509Chain? chain)
    {
        var statuses = chain?.ChainStatus ?? [];
        var all = statuses.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        if ((all & Unknown) is not 0)
        {
            var signer = certificate.Subject == certificate.Issuer ? "it was signed by itself" : $"'{certificate.Issuer}', who signed it, leads to nobody whom we trust";
            return new TlsException(TlsErrorKind.NotTrusted, $"the certificate '{certificate.Subject}' of {peer} is not trusted: {signer} (ssl.cafile, ssl.capath)");
        }

        if (all is X509ChainStatusFlags.NotTimeValid)
        {
            var late = chain!.ChainElements.First(element => element.ChainElementStatus.Any(status => status.Status is X509ChainStatusFlags.NotTimeValid)).Certificate;
            return new TlsException(TlsErrorKind.Expired, $"the certificate '{late.Subject}' of {peer} is good only from {Day(late.NotBefore)} to {Day(late.NotAfter)}");
        }

        var reason = all.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? $"it is not made to be shown by a {(side is TlsSide.Server ? "client" : "server")} (extendedKeyUsage)"
            : string.Join("; ", statuses.Select(status => status.StatusInformation.TrimEnd('.')));
        return new TlsException(TlsErrorKind.NotTrusted, $"the certificate '{certificate.Subject}' of {peer} is not trusted: {reason}");
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
