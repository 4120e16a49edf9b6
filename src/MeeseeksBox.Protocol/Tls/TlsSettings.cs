using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>A section <c>ssl</c> with all its files read, ready to be used. Immutable; the files may change without harm.</summary>
internal sealed class TlsSettings
{
    private TlsSettings(CertificateVerification verify, SslStreamCertificateContext? own, X509ChainPolicy trust, SslProtocols versions, CipherSuitesPolicy? ciphers)
    {
        Verify = verify;
        Own = own;
        Trust = trust;
        Versions = versions;
        Ciphers = ciphers;
    }

    /// <summary>What is asked of the certificate of the other side.</summary>
    public CertificateVerification Verify { get; }

    /// <summary>Our certificate with its private key and those between it and its authority; null: we have none.</summary>
    public SslStreamCertificateContext? Own { get; }

    /// <summary>Whom we trust.</summary>
    public X509ChainPolicy Trust { get; }

    /// <summary>The versions of TLS that are spoken.</summary>
    public SslProtocols Versions { get; }

    /// <summary>The ciphers that are let in; null: the system's choice.</summary>
    public CipherSuitesPolicy? Ciphers { get; }

    /// <summary>Reads all that the section names.</summary>
    /// <param name="ssl">The section.</param>
    /// <param name="side">Whose it is.</param>
    /// <param name="faults">All that is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public static TlsSettings? Load(SslConfig ssl, TlsSide side, out IReadOnlyList<TlsConfigError> faults)
    {
        var found = new List<TlsConfigError>();
        faults = found;
        var verify = ssl.Verify ?? (side is TlsSide.Server ? CertificateVerification.None : CertificateVerification.Required);
        if (side is TlsSide.Server && ssl.Cert is null)
            found.Add(new TlsConfigError("cert", "a listener needs a certificate; set it to a PEM file"));
        if (side is TlsSide.Server && verify is not CertificateVerification.None && ssl.CaFile is null && ssl.CaPath is null)
            found.Add(new TlsConfigError("verify", "whose clients are let in must be said; set cafile or capath to those who sign their certificates"));

        var pem = new PemFile(found);
        var own = LoadOwn(ssl, pem, found);
        var trust = LoadTrust(ssl, pem);
        var versions = TlsOptions.Read(ssl.Options, found);
        var ciphers = ssl.Ciphers is null ? null : CipherList.Read(ssl.Ciphers, found);
        if (ciphers is { Count: > 0 })
            versions = Common(versions, ciphers, found);
        return found.Count > 0 ? null : new TlsSettings(verify, own, trust, versions, ciphers is null ? null : new CipherSuitesPolicy(ciphers.Select(cipher => cipher.Suite)));
    }

    private static SslStreamCertificateContext? LoadOwn(SslConfig ssl, PemFile pem, List<TlsConfigError> faults)
    {
        if (ssl.Cert is null)
        {
            if (ssl.PrivateKey is not null)
                faults.Add(new TlsConfigError("key", "a private key is of no use without its certificate; set cert"));
            return null;
        }

        var text = pem.Text("cert", ssl.Cert);
        var certificates = text is null ? null : pem.Certificates("cert", ssl.Cert, text);
        var key = ssl.PrivateKey is null ? (Key: "cert", Path: ssl.Cert, Text: text) : (Key: "key", Path: ssl.PrivateKey, Text: pem.Text("key", ssl.PrivateKey));
        if (certificates is null || key.Text is null || PrivateKey.Join((certificates[0], ssl.Cert), (key.Key, key.Path, key.Text), ssl.Pass, faults) is not { } own)
            return null;

        // Offline: nothing is fetched from addresses that stand in certificates.
        return SslStreamCertificateContext.Create(own, [.. certificates.Skip(1)], offline: true);
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

    // A version without a cipher of its own cannot be offered.
    private static SslProtocols Common(SslProtocols versions, IReadOnlyList<CipherSuite> ciphers, List<TlsConfigError> faults)
    {
        var withCipher = (ciphers.Any(cipher => cipher.IsTls13) ? SslProtocols.Tls13 : SslProtocols.None)
            | (ciphers.Any(cipher => !cipher.IsTls13) ? SslProtocols.Tls12 : SslProtocols.None);
        if (versions is not SslProtocols.None && (versions & withCipher) is SslProtocols.None)
            faults.Add(new TlsConfigError("ciphers", "none of them is for a version of TLS that the options leave"));
        return versions & withCipher;
    }
}
