using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Tls;

/// <summary>A section <c>ssl</c> with all its files loaded. Immutable.</summary>
internal sealed class TlsSettings
{
    private TlsSettings(
        CertificateVerification verify,
        SslStreamCertificateContext? own,
        IReadOnlyList<OwnCertificate> certificates,
        X509ChainPolicy trust,
        SslProtocols versions,
        CipherSuitesPolicy? ciphers)
    {
        Verify = verify;
        Own = own;
        Certificates = certificates;
        Trust = trust;
        Versions = versions;
        Ciphers = ciphers;
    }

    /// <summary>How the certificate of the peer is verified.</summary>
    public CertificateVerification Verify { get; }

    /// <summary>Our certificate with its private key and intermediate certificates; null for none.</summary>
    public SslStreamCertificateContext? Own { get; }

    /// <summary>The validity of our certificate and its intermediate certificates; empty for none.</summary>
    public IReadOnlyList<OwnCertificate> Certificates { get; }

    /// <summary>The trusted authorities.</summary>
    public X509ChainPolicy Trust { get; }

    /// <summary>The allowed versions of TLS.</summary>
    public SslProtocols Versions { get; }

    /// <summary>The allowed ciphers; null for the system's default.</summary>
    public CipherSuitesPolicy? Ciphers { get; }

    /// <summary>Loads a section and all files that it names.</summary>
    /// <param name="ssl">The section.</param>
    /// <param name="side">The side that the section is for.</param>
    /// <param name="faults">The errors.</param>
    /// <returns>The settings; null on an error.</returns>
    public static TlsSettings? Load(SslConfig ssl, TlsSide side, out IReadOnlyList<TlsConfigError> faults)
    {
        var found = new List<TlsConfigError>();
        faults = found;
        var verify = ssl.Verify ?? (side is TlsSide.Server ? CertificateVerification.None : CertificateVerification.Required);
        if (side is TlsSide.Server && ssl.Cert is null)
            found.Add(new TlsConfigError("cert", "a listener needs a certificate; set it to a PEM file"));
        if (side is TlsSide.Server && verify is not CertificateVerification.None && ssl.CaFile is null && ssl.CaPath is null)
        {
            found.Add(new TlsConfigError(
                "verify", "client certificates cannot be verified without authorities; set cafile or capath to those that sign them"));
        }

        var pem = new PemFile(found);
        var (own, certificates) = LoadOwn(ssl, pem, found);
        var trust = LoadTrust(ssl, pem);
        var versions = TlsOptions.Read(ssl.Options, found);
        var ciphers = ssl.Ciphers is null ? null : CipherList.Read(ssl.Ciphers, found);
        if (ciphers is { Count: > 0 })
            versions = Common(versions, ciphers, found);
        if (found.Count > 0)
            return null;

        var policy = ciphers is null ? null : new CipherSuitesPolicy(ciphers.Select(cipher => cipher.Suite));
        return new TlsSettings(verify, own, certificates, trust, versions, policy);
    }

    private static (SslStreamCertificateContext? Own, IReadOnlyList<OwnCertificate> Certificates) LoadOwn(
        SslConfig ssl, PemFile pem, List<TlsConfigError> faults)
    {
        if (ssl.Cert is null)
        {
            if (ssl.PrivateKey is not null)
                faults.Add(new TlsConfigError("key", "a private key is useless without its certificate; set cert"));
            return (null, []);
        }

        var text = pem.Text("cert", ssl.Cert);
        var certificates = text is null ? null : pem.Certificates("cert", ssl.Cert, text);
        var key = ssl.PrivateKey is null
            ? (Key: "cert", Path: ssl.Cert, Text: text)
            : (Key: "key", Path: ssl.PrivateKey, Text: pem.Text("key", ssl.PrivateKey));
        if (certificates is null || key.Text is null)
            return (null, []);
        if (PrivateKey.Join((certificates[0], ssl.Cert), (key.Key, key.Path, key.Text), ssl.Pass, faults) is not { } own)
            return (null, []);

        // Offline: nothing is downloaded from addresses in certificates.
        var context = SslStreamCertificateContext.Create(own, [.. certificates.Skip(1)], offline: true);
        return (context, [.. certificates.Select(certificate => OwnCertificate.Of(certificate, ssl.Cert))]);
    }

    private static X509ChainPolicy LoadTrust(SslConfig ssl, PemFile pem)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (ssl.CaFile is null && ssl.CaPath is null)
            return policy;

        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        if (ssl.CaFile is { } file && pem.Text("cafile", file) is { } text)
            policy.CustomTrustStore.AddRange(pem.Certificates("cafile", file, text) ?? []);
        if (ssl.CaPath is { } folder)
            policy.CustomTrustStore.AddRange(pem.Folder("capath", folder) ?? []);
        return policy;
    }

    // A version cannot be offered without a cipher of its own.
    private static SslProtocols Common(SslProtocols versions, IReadOnlyList<CipherSuite> ciphers, List<TlsConfigError> faults)
    {
        var withCipher = (ciphers.Any(cipher => cipher.IsTls13) ? SslProtocols.Tls13 : SslProtocols.None)
            | (ciphers.Any(cipher => !cipher.IsTls13) ? SslProtocols.Tls12 : SslProtocols.None);
        if (versions is not SslProtocols.None && (versions & withCipher) is SslProtocols.None)
            faults.Add(new TlsConfigError("ciphers", "none of them is for a version of TLS that the options allow"));
        return versions & withCipher;
    }
}
