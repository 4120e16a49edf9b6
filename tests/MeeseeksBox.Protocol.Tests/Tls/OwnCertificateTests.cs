using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>Warnings about own certificates (docs/SPECIFICATION.md#own-certificates).</summary>
public sealed class OwnCertificateTests : IDisposable
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly OwnCertificate Certificate = new("n1.pem", "CN=n1", From, Until);

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(-0.01, 0, "is not valid before 2026-03-01 12:00 UTC; check the clock of this host")]
    [InlineData(0.01, 0, null)]
    [InlineData(0, -30.01, null)]
    [InlineData(0, -29.99, "expires on 2027-03-01 12:00 UTC; renew it before")]
    [InlineData(0, -0.01, "expires on 2027-03-01 12:00 UTC; renew it before")]
    [InlineData(0, 0.01, "has expired on 2027-03-01 12:00 UTC and is rejected; renew it")]
    public void A_certificate_that_is_not_valid_or_soon_will_not_be_is_named(double fromStart, double fromEnd, string? warning)
    {
        var now = fromEnd is 0 ? From.AddDays(fromStart) : Until.AddDays(fromEnd);

        Certificate.WarningAt(now).Should().Be(warning is null ? null : $"n1.pem: the certificate 'CN=n1' {warning}");
    }

    [Fact]
    public void Both_sides_have_all_certificates_of_their_file()
    {
        using var root = new TestAuthority();
        using var authority = root.Below("Middle CA");
        var signed = authority.Sign(new CertificateFor("n1") { EndsInDays = 3, Days = 2 });
        var file = _folder.Write("n1.pem", signed.Together);
        var ssl = new SslConfig { Cert = file };

        var server = TlsServer.Load(ssl, out _)!.Certificates;
        var client = TlsClient.Load(ssl, out _)!.Certificates;

        server.Should().Equal(client);
        server.Select(one => (one.File, one.Subject)).Should().Equal((file, "CN=n1"), (file, "CN=Middle CA"));
        var now = TimeProvider.System.GetUtcNow();
        server[0].Until.Should().BeCloseTo(now.AddDays(3), TimeSpan.FromMinutes(5));
        server[0].From.Should().BeCloseTo(now.AddDays(1), TimeSpan.FromMinutes(5));
        TlsClient.Load(new SslConfig(), out _)!.Certificates.Should().BeEmpty();
    }

    public void Dispose() => _folder.Dispose();
}
