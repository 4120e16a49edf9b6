using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Testing.Certificates;

/// <summary>A certificate authority for tests, without an external program.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly TestAuthority? _above;

    /// <summary>Creates a root authority.</summary>
    public TestAuthority(string name = "Test CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = Request(name, key).CreateSelfSigned(Start, End);
    }

    private TestAuthority(string name, TestAuthority above)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var end = above._certificate.NotAfter;
        using var signed = Request(name, key).Create(above._certificate, Start, end, RandomNumberGenerator.GetBytes(8));
        _certificate = signed.CopyWithPrivateKey(key);
        _above = above;
    }

    /// <summary>The certificate.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>The certificate and the private key, for one file.</summary>
    public string Together => $"{Pem}\n{_certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n";

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddDays(-10);

    private static DateTimeOffset End => TimeProvider.System.GetUtcNow().AddDays(100);

    /// <summary>Creates an intermediate authority below this one.</summary>
    public TestAuthority Below(string name) => new(name, this);

    /// <summary>Signs a certificate for localhost.</summary>
    public TestCertificate Sign(string name) => Sign(new CertificateFor(name));

    /// <summary>Signs a certificate.</summary>
    public TestCertificate Sign(CertificateFor wanted)
    {
        using AsymmetricAlgorithm key = wanted.IsRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName($"CN={wanted.Name}");
        var request = key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        var hosts = new SubjectAlternativeNameBuilder();
        wanted.Hosts.ToList().ForEach(hosts.AddDnsName);
        wanted.Addresses.ToList().ForEach(address => hosts.AddIpAddress(IPAddress.Parse(address)));
        if (wanted.Hosts.Count + wanted.Addresses.Count > 0)
            request.CertificateExtensions.Add(hosts.Build());
        if (wanted.Uses.Count > 0)
        {
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([.. wanted.Uses.Select(use => new Oid(use))], critical: false));
        }

        var end = TimeProvider.System.GetUtcNow().AddDays(wanted.EndsInDays);
        var generator = X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!);
        var serial = RandomNumberGenerator.GetBytes(8);
        using var signed = request.Create(_certificate.SubjectName, generator, end.AddDays(-wanted.Days), end, serial);
        return new TestCertificate(
            signed.ExportCertificatePem(),
            wanted.IsRsa ? ((RSA)key).ExportRSAPrivateKeyPem() : key.ExportPkcs8PrivateKeyPem(),
            _above is null ? "" : Pem);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request;
    }
}
