using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>Errors of a section <c>ssl</c> and of the files that it names (docs/SPECIFICATION.md#certificates).</summary>
public sealed class LoadTests : IDisposable
{
    private static readonly TestAuthority Authority = new();

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_private_key_may_be_an_encrypted_file_of_its_own(bool isRsa)
    {
        var certificate = Authority.Sign(new CertificateFor("n1") { IsRsa = isRsa });
        var ssl = new SslConfig
        {
            Cert = Write("n1.pem", certificate.Pem),
            PrivateKey = Write("n1.key", certificate.Encrypted("tell nobody")),
            Pass = "tell nobody",
        };

        Faults(ssl).Should().BeEmpty();
        Faults(ssl with { Pass = null }).Should().Equal("pass: n1.key: the private key is encrypted, but no password is set");
        Faults(ssl with { Pass = "other" }).Should().Equal("pass: n1.key: the password does not decrypt the private key");
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_a_PEM_file()
    {
        var certificate = Authority.Sign("n1");
        var ssl = new SslConfig
        {
            Cert = Write("n1.pem", '\uFEFF' + certificate.Pem),
            PrivateKey = Write("n1.key", '\uFEFF' + certificate.Key),
            CaFile = Write("ca.pem", '\uFEFF' + Authority.Pem),
        };

        Faults(ssl).Should().BeEmpty();
    }

    [Fact]
    public void A_password_is_ignored_for_an_unencrypted_key()
    {
        Faults(new SslConfig { Cert = Write("n1.pem", Authority.Sign("n1").Together), Pass = "x" }).Should().BeEmpty();
    }

    [Fact]
    public void A_key_of_another_certificate_is_a_fault()
    {
        var certificate = Write("n1.pem", Authority.Sign("n1").Pem);

        Faults(new SslConfig { Cert = certificate, PrivateKey = Write("n2.key", Authority.Sign("n2").Key) })
            .Should().Equal("key: n2.key: the private key does not belong to the certificate in n1.pem");
        var rsa = Authority.Sign(new CertificateFor("n2") { IsRsa = true });
        Faults(new SslConfig { Cert = certificate, PrivateKey = Write("n2.key", rsa.Key) })
            .Should().Equal("key: n2.key: the private key does not belong to the certificate in n1.pem");
    }

    [Theory]
    [InlineData("", "cert: n1.pem: no certificate found; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cert: n1.pem: a certificate is damaged: *")]
    [InlineData("{certificate}", "cert: n1.pem: no private key found; set key to the file that contains it")]
    [InlineData(
        "{certificate}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "cert: n1.pem: the private key is damaged, or of an unsupported type; create an RSA or EC key")]
    [InlineData(
        "{certificate}\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
        "cert: n1.pem: the encryption of the private key is obsolete and unsafe; convert it: openssl pkcs8 -topk8 -in *n1.pem")]
    public void An_error_in_a_file_is_a_fault(string text, string fault)
    {
        var content = text.Replace("{certificate}", Authority.Sign("n1").Pem, StringComparison.Ordinal);
        var ssl = new SslConfig { Cert = Write("n1.pem", content) };

        Faults(ssl).Should().ContainSingle().Which.Should().Match(fault);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var ssl = new SslConfig
        {
            Cert = _folder.File("no.pem"),
            PrivateKey = _folder.Path,
            CaFile = Write("ca.pem", "nothing"),
            CaPath = _folder.File("none"),
            Ciphers = "RC4-SHA",
            Options = "OP_NO_TLSv1_2,OP_NO_TLSv1_3",
        };

        Faults(ssl).Should().HaveCount(6).And.Contain(
            "cert: no.pem: the file cannot be read: there is no such file",
            "cafile: ca.pem: no certificate found; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----",
            "capath: none: the folder cannot be read: there is no such folder",
            "options: 'OP_NO_TLSv1_2,OP_NO_TLSv1_3' disables every version of TLS; leave 1.2 or 1.3 enabled");
    }

    [Fact]
    public void A_folder_without_certificates_is_a_fault()
    {
        _ = Write("README", "nothing");

        TlsClient.Load(new SslConfig { CaPath = _folder.Path }, out var faults).Should().BeNull();

        faults.Should().ContainSingle().Which.Text.Should().Contain("no certificate found in the folder");
    }

    [Fact]
    public void A_listener_that_verifies_certificates_needs_authorities()
    {
        Faults(new SslConfig { Cert = Write("n1.pem", Authority.Sign("n1").Together), Verify = CertificateVerification.Optional })
            .Should().ContainSingle().Which.Should().StartWith("verify: client certificates cannot be verified without authorities");
    }

    [Fact]
    public void A_key_without_a_certificate_is_a_fault()
    {
        TlsClient.Load(new SslConfig { PrivateKey = "n1.key" }, out var faults).Should().BeNull();

        faults.Should().Contain(error => error.Key == "key" && error.Text.Contains("set cert"));
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string name, string text) => _folder.Write(name, text);

    private IEnumerable<string> Faults(SslConfig ssl)
    {
        var server = TlsServer.Load(ssl, out var faults);
        (server is null).Should().Be(faults.Count > 0);
        return faults.Select(error => error.ToString().Replace(_folder.Path + "/", "", StringComparison.Ordinal));
    }
}
