using System.Security.Authentication;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>Accepted and rejected clients of a TLS port (docs/SPECIFICATION.md#transport-mismatch).</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("Other CA");

    [Fact]
    public async Task A_client_with_a_good_certificate_is_served_where_one_is_required()
    {
        await using var box = await StartAsync("listen.ssl.verify=2", "pools.p=");

        using var client = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("client"));
        var submitted = (await client.AskAsync("""{"submit":{"id":"a","pool":"p","args":["/bin/true"]}}"""))[0].GetProperty("submit");

        submitted.Keys().Should().Equal("a");
        client.BoxName.Should().Be("box");
        box.Log.Count("WARNING").Should().Be(0);
    }

    [Fact]
    public async Task A_client_without_a_required_certificate_receives_an_error()
    {
        await using var box = await StartAsync("listen.ssl.verify=2");
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("guest"));

        using var client = await TlsConnection.OpenAsync(box.Port, _authority);
        var answer = await client.AskAsync("[]");

        answer[0].Text("code").Should().Be("certificate_refused");
        (await client.ReadLineAsync()).Should().BeNull();
        await SaidOnceAsync(box, guest, "the client sent no certificate, but one is required");
    }

    [Theory]
    [InlineData("listen.ssl.verify=2")]
    [InlineData("listen.ssl.verify=1")]
    public async Task A_client_with_a_certificate_of_another_authority_receives_an_error(string verify)
    {
        await using var box = await StartAsync(verify);
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("guest"));

        using var client = await TlsConnection.OpenAsync(box.Port, _authority, _other.Sign("client"));
        var answer = await client.AskAsync("""[{"submit":{"pool":"p","args":["/bin/true"]}}]""");

        answer[0].Text("code").Should().Be("certificate_refused");
        await SaidOnceAsync(
            box, guest, "the certificate 'CN=client' of the client is not trusted: its issuer 'CN=Other CA' does not lead to");
    }

    [Theory]
    [InlineData("listen.ssl.verify=1")]
    [InlineData("listen.ssl.verify=0")]
    public async Task A_client_without_a_certificate_is_served_where_none_is_required(string verify)
    {
        await using var box = await StartAsync(verify);

        using var client = await TlsConnection.OpenAsync(box.Port, _authority);

        (await client.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_box_is_named_in_the_log()
    {
        await using var box = await StartAsync();
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);

        await FluentActions.Awaiting(() => TlsConnection.OpenAsync(box.Port, _other)).Should().ThrowAsync<AuthenticationException>();

        await SaidOnceAsync(
            box, guest, "the client closed the connection right after the handshake; it probably does not trust our certificate");
    }

    [Fact]
    public async Task A_client_that_looks_for_another_host_is_named_in_the_log()
    {
        await using var box = await StartAsync();
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);

        await FluentActions.Awaiting(() => TlsConnection.OpenAsync(box.Port, _authority, host: "n2"))
            .Should().ThrowAsync<AuthenticationException>();

        await SaidOnceAsync(box, guest, "the client closed the connection right after the handshake");
    }

    [Fact]
    public async Task Plain_text_at_a_TLS_port_receives_an_error_in_plain_text()
    {
        await using var box = await StartAsync();
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);

        using var client = await box.ConnectAsync();
        var answer = await client.AskAsync("""[{"status":{}}]""");

        answer[0].Text("code").Should().Be("tls_required");
        answer[0].Text("error").Should().StartWith("this port speaks TLS");
        (await client.ReadLineAsync()).Should().BeNull();
        await SaidOnceAsync(box, guest, "it speaks plain text, and this port speaks TLS");
    }

    [Fact]
    public async Task TLS_at_a_plain_text_port_receives_an_error()
    {
        await using var box = await RunningBox.StartAsync();

        await FluentActions.Awaiting(() => TlsConnection.OpenAsync(box.Port, _authority)).Should().ThrowAsync<AuthenticationException>();

        await box.WaitForLogAsync("it speaks TLS, and this port speaks plain text");
        box.Log.Count("WARNING").Should().Be(1);
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_silent_client_is_disconnected_after_a_time_and_delays_no_other()
    {
        await using var box = await StartAsync();

        using var silent = await box.ConnectAsync();
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);
        (await guest.AskAsync("[]")).ToString().Should().Be("[]");

        (await silent.ReadLineAsync()).Should().BeNull();
        await SaidOnceAsync(box, guest, "TLS handshake not complete after 10 s");
    }

    [Fact]
    public async Task A_client_that_sends_no_byte_leaves_no_warning()
    {
        await using var box = await StartAsync("logging.level=DEBUG");

        (await box.ConnectAsync()).Dispose();

        await box.WaitForLogAsync("disconnected without sending a byte");
        box.Log.Count("WARNING").Should().Be(0);
    }

    [Fact]
    public async Task A_line_that_is_too_long_receives_an_error_over_TLS_too()
    {
        await using var box = await StartAsync("listen.max_request=100");
        using var client = await TlsConnection.OpenAsync(box.Port, _authority);

        var answer = await client.AskAsync(new string(' ', 200));

        // Sooner than the box ends its lingering close.
        answer[0].Text("code").Should().Be("too_long");
        (await client.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Should().BeNull();
    }

    [Fact]
    public async Task Certificates_are_read_again_at_SIGHUP_and_connections_stay_open()
    {
        await using var box = await StartAsync();
        using var before = await TlsConnection.OpenAsync(box.Port, _authority);

        _ = _folder.Write("box.pem", _authority.Sign("renewed").Together);
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration in force");

        using var after = await TlsConnection.OpenAsync(box.Port, _authority);
        after.BoxName.Should().Be("renewed");
        (await after.AskAsync("[]")).ToString().Should().Be("[]");
        (await before.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_damaged_certificate_is_rejected_at_SIGHUP_and_the_old_one_stays()
    {
        await using var box = await StartAsync();

        _ = _folder.Write("box.pem", _authority.Sign("renewed").Pem);
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration rejected");

        box.Log.Lines.Should().ContainSingle(line => line.StartsWith("ERROR"))
            .Which.Should().Contain("listen.ssl.cert").And.Contain("box.pem: no private key found");
        using var client = await TlsConnection.OpenAsync(box.Port, _authority);
        client.BoxName.Should().Be("box");
    }

    [Fact]
    public async Task A_running_box_can_switch_to_TLS()
    {
        await using var box = await RunningBox.StartAsync();
        var certificate = _folder.Write("box.pem", _authority.Sign("box").Together);

        var refused = await box.AskObjectAsync(
            new { config = new { listen = new { ssl = new { cert = certificate, ciphers = "HIHG" } } } });
        _ = await box.AskAsync("config", new { listen = new { ssl = new { cert = certificate } } });

        refused.Text("error").Should().Contain("listen.ssl.ciphers: unknown or weak cipher 'HIHG'");
        using var client = await TlsConnection.OpenAsync(box.Port, _authority);
        (await client.AskAsync("[]")).ToString().Should().Be("[]");
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");
    }

    [Theory]
    [InlineData("--check")]
    [InlineData("name=n1")]
    public async Task A_bad_file_is_named_at_the_start(string word)
    {
        var file = _folder.Write(
            "box.cfg", $$"""{ "listen": { "ssl": { "cert": "{{_folder.File("no.pem")}}", "options": "OP_NO_SSLv4" } } }""");

        var (status, _, errors) = await BoxProgram.RunAsync(word, file);

        status.Should().Be(2);
        errors.Split('\n')
            .Should().Contain($"{file}: listen.ssl.cert: {_folder.File("no.pem")}: the file cannot be read: there is no such file");
        errors.Should().Contain("listen.ssl.options: unknown option 'OP_NO_SSLv4'");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private Task<RunningBox> StartAsync(params string[] words)
    {
        var certificate = _folder.Write("box.pem", _authority.Sign("box").Together);
        var authority = _folder.Write("ca.pem", _authority.Pem);
        return RunningBox.StartAsync([$"listen.ssl.cert={certificate}", $"listen.ssl.cafile={authority}", .. words]);
    }

    // The log has one line with the address of the client, and an earlier client is still served.
    private static async Task SaidOnceAsync(RunningBox box, TlsConnection guest, string text)
    {
        await box.WaitForLogAsync(text);
        box.Log.Lines.Where(line => line.Contains(" rejected: ")).Should().ContainSingle()
            .Which.Should().Match($"WARNING n1.Listener: client 127.0.0.1:* rejected: {text}*");
        (await guest.AskAsync("[]")).ToString().Should().Be("[]");
    }
}
