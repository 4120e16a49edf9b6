using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MeeseeksBox.Testing.Certificates;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>Handshakes with OpenSSL, as in legacy peers, which reports errors by alerts.</summary>
public sealed partial class OpenSslTests : IDisposable
{
    private readonly Handshake _handshake = new();
    private Process? _openssl;

    [Fact]
    public async Task Our_client_connects_to_a_server_of_OpenSSL()
    {
        using var stream = await ConnectAsync("-Verify", "1", "-rev");
        await stream.WriteAsync("olleh\n"u8.ToArray(), TestContext.Current.CancellationToken);

        (await new StreamReader(stream).ReadLineAsync(TestContext.Current.CancellationToken)).Should().Be("hello");
    }

    [Theory]
    [InlineData(
        "-tls1_3",
        TlsErrorKind.Refused,
        "localhost rejected the connection: it requires a certificate from us (certificate_required)")]
    [InlineData(
        "-tls1_2",
        TlsErrorKind.NothingInCommon,
        "localhost rejected the connection: no common parameters, or it requires a certificate (handshake_failure)")]
    public async Task A_client_without_a_required_certificate_receives_an_error(string version, TlsErrorKind problem, string message)
    {
        _handshake.Client = _handshake.Client with { Cert = null };

        (await RefusalAsync("-Verify", "1", version)).Should().BeEquivalentTo(new { Problem = problem, Message = message });
    }

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task A_client_with_an_untrusted_certificate_receives_an_error(string version)
    {
        using var other = new TestAuthority("Other CA");
        _handshake.Client = _handshake.Client with { Cert = _handshake.Write("other.pem", other.Sign("stranger").Together) };

        (await RefusalAsync("-Verify", "1", "-verify_return_error", version)).Should().BeEquivalentTo(new
        {
            Problem = TlsErrorKind.Refused,
            Message = "localhost rejected the connection: it does not trust the authority of our certificate (unknown_ca)",
        });
    }

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task Our_server_receives_an_error_if_it_is_not_trusted(string version)
    {
        using var other = new TestAuthority("Other CA");
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var authorities = _handshake.Write("other.pem", other.Pem);
        _ = Start("s_client", "-connect", listener.LocalEndpoint.ToString()!, "-CAfile", authorities, "-verify_return_error", version);
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        var server = TlsServer.Load(_handshake.Server, out _)!;
        var act = () => server.AuthenticateAsync(client.GetStream(), Handshake.RefusalLine, TestContext.Current.CancellationToken);

        (await act.Should().ThrowAsync<TlsException>()).Which.Should().BeEquivalentTo(new
        {
            Problem = TlsErrorKind.Refused,
            Message = "the client rejected the connection: it does not trust the authority of our certificate (unknown_ca)",
        });
    }

    public void Dispose()
    {
        _openssl?.Kill();
        _openssl?.Dispose();
        _handshake.Dispose();
    }

    // With TLS 1.3, the alert arrives at the first read.
    private async Task<TlsException> RefusalAsync(params string[] words) => (await FluentActions.Awaiting(async () =>
    {
        using var stream = await ConnectAsync(words);
        return await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken);
    }).Should().ThrowAsync<TlsException>()).Which;

    private async Task<TlsStream> ConnectAsync(params string[] words)
    {
        var pem = _handshake.Server.Cert!;
        _handshake.Client = _handshake.Client with { Cert = _handshake.Client.Cert ?? (words.Contains("-rev") ? pem : null) };
        var server = Start(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", pem, "-key", pem, "-CAfile", _handshake.Client.CaFile!, .. words]);
        Match accepts;
        do
        {
            var line = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            accepts = Accepts().Match(line ?? throw new EndOfStreamException("openssl has ended"));
        }
        while (!accepts.Success);

        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", int.Parse(accepts.Groups[1].ValueSpan), TestContext.Current.CancellationToken);
        return await _handshake.ConnectAsync(client.GetStream());
    }

    private Process Start(params string[] words)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "openssl"))), "openssl is not installed.");
        var info = new ProcessStartInfo("openssl", words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return _openssl = Process.Start(info)!;
    }

    [GeneratedRegex(@"^ACCEPT .*:(\d+)$")]
    private static partial Regex Accepts();
}
