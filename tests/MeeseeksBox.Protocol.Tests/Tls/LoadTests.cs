using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>What may be wrong with a section <c>ssl</c> and the files that it names (docs/SPECIFICATION.md#certificates).</summary>
public sealed class LoadTests : IDisposable
{
    private static readonly TestAuthority Authority = new();

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_certificate_may_have_its_key_in_a_file_of_its_own_behind_a_password(bool isRsa)
    {
        var certificate = Authority.Sign(new CertificateFor("n1") { IsRsa = isRsa });
        var ssl = new SslConfig { Cert = Write("n1.pem", certificate.Pem), PrivateKey = Write("n1.key", certificate.Encrypted("tell nobody")), Pass = "tell nobody" };

        Faults(ssl).Should().BeEmpty();
        Faults(ssl with { Pass = null }).Should().Equal("pass: n1.key: the private key is encrypted, and no password is set");
        Faults(ssl with { Pass = "other" }).Should().Equal("pass: n1.key: this password does not open the private key");
    }

    [Fact]
    public void A_password_does_no_harm_to_a_key_without_one()
    {
        Faults(new SslConfig { Cert = Write("n1.pem", Authority.Sign("n1").Together), Pass = "x" }).Should().BeEmpty();
    }

    [Fact]
    public void A_key_of_another_certificate_is_told()
    {
        var certificate = Write("n1.pem", Authority.Sign("n1").Pem);

        Faults(new SslConfig { Cert = certificate, PrivateKey = Write("n2.key", Authority.Sign("n2").Key) })
            .Should().Equal("key: n2.key: the private key does not belong to the certificate in n1.pem");
        Faults(new SslConfig { Cert = certificate, PrivateKey = Write("n2.key", Authority.Sign(new CertificateFor("n2") { IsRsa = true }).Key) })
            .Should().Equal("key: n2.key: the private key does not belong to the certificate in n1.pem");
    }

    [Theory]
    [InlineData("", "cert: n1.pem: there is no certificate in it; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cert: n1.pem: a certificate in it is damaged: *")]
    [InlineData("{certificate}", "cert: n1.pem: there is no private key in it; set key to the file that has it")]
    [InlineData("{certificate}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "cert: n1.pem: the private key is damaged, or of a kind that cannot be used; make an RSA or EC key")]
    [InlineData("{certificate}\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "cert: n1.pem: the private key is encrypted in an old way that is not safe; convert it: openssl pkcs8 -topk8 -in *n1.pem")]
    public void What_is_wrong_with_a_file_is_told(string text, string fault)
    {
        var ssl = new SslConfig { Cert = Write("n1.pem", text.Replace("{certificate}", Authority.Sign("n1").Pem, StringComparison.Ordinal)) };

        Faults(ssl).Should().ContainSingle().Which.Should().Match(fault);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
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
            "cafile: ca.pem: there is no certificate in it; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----",
            "capath: none: the folder cannot be read: there is no such folder",
            "options: 'OP_NO_TLSv1_2,OP_NO_TLSv1_3' leaves no version of TLS to speak; 1.2 and 1.3 are there");
    }

    [Fact]
    public void A_folder_without_certificates_is_told()
    {
        _ = Write("README", "nothing");

        TlsClient.Load(new SslConfig { CaPath = _folder.Path }, out var faults).Should().BeNull();

        faults.Should().ContainSingle().Which.Text.Should().Contain("no certificate is in the folder");
    }

    [Fact]
    public void A_listener_that_wants_certificates_must_know_whose()
    {
        Faults(new SslConfig { Cert = Write("n1.pem", Authority.Sign("n1").Together), Verify = CertificateVerification.Optional })
            .Should().ContainSingle().Which.Should().StartWith("verify: whose clients are let in must be said");
    }

    [Fact]
    public void A_key_without_a_certificate_is_told()
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
