using System.Security.Authentication;
using System.Text;
using MeeseeksBox.Testing.Certificates;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>Handshakes between a client and a server (docs/SPECIFICATION.md#tls).</summary>
public sealed class HandshakeTests : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";

    private readonly Handshake _handshake = new();

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0:0:0:0:0:0:0:1")]
    [InlineData("LOCALHOST")]
    public async Task Each_side_reads_the_data_of_the_other(string host)
    {
        _handshake.Host = host;

        var (server, client, _, _) = await _handshake.RunAsync();
        await client!.WriteAsync("ping"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[4];
        await server!.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);

        Encoding.ASCII.GetString(buffer).Should().Be("ping");
        client.SslProtocol.Should().Be(SslProtocols.Tls13);
        client.PeerName.Should().Be("server");
        server.PeerName.Should().BeNull();
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_not_trusted()
    {
        using var other = new TestAuthority("Other CA");
        _handshake.Client = new SslConfig { CaFile = _handshake.Write("other.pem", other.Pem) };

        var (server, client, _, clientProblem) = await _handshake.RunAsync();

        client.Should().BeNull();
        clientProblem!.Problem.Should().Be(TlsErrorKind.NotTrusted);
        clientProblem.Message.Should().Be(
            "the certificate 'CN=server' of localhost is not trusted: "
            + "its issuer 'CN=Test CA' does not lead to a trusted authority (ssl.cafile, ssl.capath)");
        var serverProblem = await Reading(server!);
        serverProblem.Problem.Should().Be(TlsErrorKind.Refused);
        serverProblem.Message.Should().Be(
            "the client closed the connection right after the handshake; it probably does not trust our certificate");
        server!.Refusal.Should().Be(serverProblem);
    }

    [Fact]
    public async Task Without_authorities_the_system_store_applies()
    {
        _handshake.Client = new SslConfig();

        var (_, _, _, problem) = await _handshake.RunAsync();

        problem!.Problem.Should().Be(TlsErrorKind.NotTrusted);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_rejected_with_its_names()
    {
        _handshake.Host = "n2.example.org";

        var (_, _, _, problem) = await _handshake.RunAsync();

        problem!.Problem.Should().Be(TlsErrorKind.OtherHost);
        problem.Message.Should().Be("the certificate of n2.example.org is not valid for this name but for localhost, 127.0.0.1, ::1");
    }

    [Fact]
    public async Task A_certificate_for_another_address_is_rejected()
    {
        _handshake.Host = "127.0.0.2";

        (await _handshake.RunAsync()).ClientProblem!.Problem.Should().Be(TlsErrorKind.OtherHost);
    }

    [Fact]
    public async Task An_address_as_a_DNS_name_is_named()
    {
        var named = _handshake.Authority.Sign(new CertificateFor("server") { Hosts = ["localhost", "127.0.0.1"], Addresses = [] });
        _handshake.Server = new SslConfig { Cert = _handshake.Write("named.pem", named.Together) };
        _handshake.Host = "127.0.0.1";

        (await _handshake.RunAsync()).ClientProblem!.Message.Should().Be(
            "the certificate of 127.0.0.1 has this address as a DNS name, which does not count; sign one with the name IP:127.0.0.1");
    }

    [Fact]
    public async Task An_expired_certificate_is_rejected()
    {
        var old = _handshake.Authority.Sign(new CertificateFor("old") { EndsInDays = -1 });
        _handshake.Server = new SslConfig { Cert = _handshake.Write("old.pem", old.Together) };

        var (_, _, _, problem) = await _handshake.RunAsync();

        problem!.Problem.Should().Be(TlsErrorKind.Expired);
        problem.Message.Should().StartWith("the certificate 'CN=old' of localhost is only valid from 20");
    }

    [Fact]
    public async Task A_client_without_verification_accepts_any_certificate()
    {
        var old = new TestAuthority("Other CA").Sign(new CertificateFor("old") { EndsInDays = -1, Hosts = ["n2"], Addresses = [] });
        _handshake.Server = new SslConfig { Cert = _handshake.Write("old.pem", old.Together) };
        _handshake.Client = _handshake.Client with { Verify = CertificateVerification.None };

        var (server, client, _, _) = await _handshake.RunAsync();

        server.Should().NotBeNull();
        client.Should().NotBeNull();
    }

    [Fact]
    public async Task A_listener_that_requires_certificates_accepts_those_of_its_authority()
    {
        RequireCertificate(CertificateVerification.Required);
        ShowCertificate(_handshake.Authority.Sign("n7"));

        var (server, client, _, _) = await _handshake.RunAsync();

        client.Should().NotBeNull();
        server!.PeerName.Should().Be("n7");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("OP_NO_TLSv1_3")]
    public async Task A_client_without_a_required_certificate_receives_an_error(string? options)
    {
        RequireCertificate(CertificateVerification.Required);
        _handshake.Client = _handshake.Client with { Options = options };

        var (server, client, problem, _) = await _handshake.RunAsync();

        server.Should().BeNull();
        problem!.Problem.Should().Be(TlsErrorKind.NoCertificate);
        problem.Message.Should().Be("the client sent no certificate, but one is required");
        (await EverythingAsync(client!)).Should().Be(
            """[{"error":"connection rejected: the client sent no certificate, but one is required","code":"certificate_refused"}]"""
            + "\n");
    }

    [Theory]
    [InlineData(CertificateVerification.Optional, null)]
    [InlineData(CertificateVerification.Required, null)]
    [InlineData(CertificateVerification.Required, "OP_NO_TLSv1_3")]
    public async Task A_client_with_a_certificate_of_another_authority_is_rejected_with_an_error(
        CertificateVerification verify, string? options)
    {
        using var other = new TestAuthority("Other CA");
        RequireCertificate(verify);
        ShowCertificate(other.Sign("stranger"));
        _handshake.Client = _handshake.Client with { Options = options };

        var (server, client, problem, _) = await _handshake.RunAsync();

        server.Should().BeNull();
        problem!.Problem.Should().Be(TlsErrorKind.NotTrusted);
        problem.Message.Should().StartWith(
            "the certificate 'CN=stranger' of the client is not trusted: its issuer 'CN=Other CA' does not lead to");
        (await EverythingAsync(client!)).Should().Contain("certificate_refused").And.Contain("Other CA");
    }

    [Fact]
    public async Task A_client_certificate_may_be_optional()
    {
        RequireCertificate(CertificateVerification.Optional);

        var (server, client, _, _) = await _handshake.RunAsync();

        server.Should().NotBeNull();
        client.Should().NotBeNull();
        server!.PeerName.Should().BeNull();
    }

    [Fact]
    public async Task A_certificate_for_servers_is_not_valid_for_a_client()
    {
        RequireCertificate(CertificateVerification.Required);
        ShowCertificate(_handshake.Authority.Sign(new CertificateFor("n1") { Uses = [ForServers] }));

        var (_, _, problem, _) = await _handshake.RunAsync();

        problem!.Message.Should().Be(
            "the certificate 'CN=n1' of the client is not trusted: it is not valid for a client (extendedKeyUsage)");
    }

    [Fact]
    public async Task Intermediate_certificates_are_sent()
    {
        using var below = _handshake.Authority.Below("Department");
        var server = below.Sign("server");
        _handshake.Server = new SslConfig
        {
            Cert = _handshake.Write("chain.pem", server.Pem + "\n" + server.Chain),
            PrivateKey = _handshake.Write("chain.key", server.Key),
            Verify = CertificateVerification.Required,
            CaFile = _handshake.Client.CaFile,
        };
        ShowCertificate(below.Sign("n1"));

        var (one, other, _, _) = await _handshake.RunAsync();

        one!.PeerName.Should().Be("n1");
        other!.PeerName.Should().Be("server");
    }

    [Theory]
    [InlineData("b5ed1e7c.0")]
    [InlineData("ours.pem")]
    [InlineData("ours.CRT")]
    public async Task Authorities_are_read_from_a_folder(string name)
    {
        var folder = _handshake.Folder("authorities");
        using var other = new TestAuthority("Other CA");
        _ = _handshake.Write("authorities/a.pem", other.Pem);
        _ = _handshake.Write($"authorities/{name}", _handshake.Authority.Pem);
        _ = _handshake.Write("authorities/README", "no certificate");
        File.CreateSymbolicLink(Path.Combine(folder, "gone.pem"), "nowhere");
        _handshake.Client = new SslConfig { CaPath = folder };

        (await _handshake.RunAsync()).Client.Should().NotBeNull();
    }

    [Fact]
    public async Task A_self_signed_certificate_is_trusted_if_it_is_an_authority()
    {
        using var self = new TestAuthority("localhost");
        _handshake.Server = new SslConfig { Cert = _handshake.Write("self.pem", self.Together) };
        _handshake.Client = new SslConfig { CaFile = _handshake.Write("trusted.pem", self.Pem) };

        (await _handshake.RunAsync()).Client!.PeerName.Should().Be("localhost");
    }

    [Theory]
    [InlineData("OP_NO_TLSv1_3", SslProtocols.Tls12)]
    [InlineData("OP_NO_TLSv1_2, OP_ALL", SslProtocols.Tls13)]
    public async Task Options_disable_versions(string options, SslProtocols spoken)
    {
        _handshake.Server = _handshake.Server with { Options = options };

        (await _handshake.RunAsync()).Client!.SslProtocol.Should().Be(spoken);
    }

    [Fact]
    public async Task Without_a_common_version_both_sides_fail()
    {
        _handshake.Server = _handshake.Server with { Options = "OP_NO_TLSv1_3" };
        _handshake.Client = _handshake.Client with { Options = "OP_NO_TLSv1_2" };

        var (_, _, serverProblem, clientProblem) = await _handshake.RunAsync();

        serverProblem!.Problem.Should().Be(TlsErrorKind.NothingInCommon);
        clientProblem!.Problem.Should().Be(TlsErrorKind.NothingInCommon);
    }

    [Theory]
    [InlineData("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")]
    [InlineData("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256")]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")]
    [InlineData("ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA")]
    public async Task Only_listed_ciphers_are_used_in_the_order_of_the_listener(string ciphers, string used)
    {
        _handshake.Server = _handshake.Server with { Ciphers = ciphers };
        _handshake.Client = _handshake.Client with { Ciphers = "ALL" };

        (await _handshake.RunAsync()).Client!.NegotiatedCipherSuite.ToString().Should().Be(used);
    }

    [Fact]
    public async Task Without_a_common_cipher_both_sides_fail()
    {
        _handshake.Server = _handshake.Server with { Ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" };
        _handshake.Client = _handshake.Client with { Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" };

        var (_, _, serverProblem, clientProblem) = await _handshake.RunAsync();

        serverProblem!.Problem.Should().Be(TlsErrorKind.NothingInCommon);
        serverProblem.Message.Should().Be("the client offers no cipher that is allowed here (ssl.ciphers)");
        clientProblem!.Problem.Should().Be(TlsErrorKind.NothingInCommon);
    }

    [Fact]
    public async Task A_plain_text_server_is_detected()
    {
        var (server, client) = await _handshake.ConnectAsync();
        await server.WriteAsync("[{\"error\":\"no\"}]\n"u8.ToArray(), TestContext.Current.CancellationToken);

        var problem = (await FluentActions.Awaiting(() => _handshake.ConnectAsync(client)).Should().ThrowAsync<TlsException>()).Which;

        problem.Problem.Should().Be(TlsErrorKind.PlainText);
        problem.Message.Should().Be(
            "localhost speaks plain text on this port and not TLS; leave ssl out, or set listen.ssl on the other side");
    }

    [Fact]
    public async Task A_server_that_closes_is_an_error()
    {
        var (server, client) = await _handshake.ConnectAsync();
        server.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        var problem = (await FluentActions.Awaiting(() => _handshake.ConnectAsync(client)).Should().ThrowAsync<TlsException>()).Which;

        problem.Problem.Should().Be(TlsErrorKind.Broken);
        problem.Message.Should().Be("localhost closed the connection during the handshake");
    }

    [Fact]
    public async Task A_client_without_TLS_is_an_error()
    {
        var (server, client) = await _handshake.ConnectAsync();
        await client.WriteAsync("[{\"status\":{}}]\n"u8.ToArray(), TestContext.Current.CancellationToken);

        var act = () => TlsServer.Load(_handshake.Server, out _)!.AuthenticateAsync(
            server, Handshake.RefusalLine, TestContext.Current.CancellationToken);

        (await act.Should().ThrowAsync<TlsException>()).Which.Problem.Should().Be(TlsErrorKind.Broken);
    }

    [Fact]
    public async Task A_handshake_can_be_cancelled()
    {
        var (_, client) = await _handshake.ConnectAsync();
        using var limit = new CancellationTokenSource();

        var connecting = TlsClient.Load(_handshake.Client, out _)!.AuthenticateAsync(client, "localhost", limit.Token);
        await limit.CancelAsync();

        await FluentActions.Awaiting(() => connecting).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_close_ends_the_stream_of_the_peer()
    {
        var (server, client, _, _) = await _handshake.RunAsync();

        await server!.WriteAsync(new byte[1], TestContext.Current.CancellationToken);
        await server.DisposeAsync();

        (await client!.ReadAsync(new byte[2], TestContext.Current.CancellationToken)).Should().Be(1);
        (await client!.ReadAsync(new byte[1], TestContext.Current.CancellationToken)).Should().Be(0);
    }

    public void Dispose() => _handshake.Dispose();

    private static async Task<TlsException> Reading(TlsStream stream) =>
        (await FluentActions.Awaiting(() => stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask())
            .Should().ThrowAsync<TlsException>()).Which;

    private static async Task<string> EverythingAsync(TlsStream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private void RequireCertificate(CertificateVerification verify) =>
        _handshake.Server = _handshake.Server with { Verify = verify, CaFile = _handshake.Client.CaFile };

    private void ShowCertificate(TestCertificate certificate) =>
        _handshake.Client = _handshake.Client with { Cert = _handshake.Write("client.pem", certificate.Together) };
}
