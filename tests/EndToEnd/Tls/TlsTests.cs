using System.Net;
using System.Security.Authentication;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>Accepted and rejected clients of a TLS port (docs/SPECIFICATION.md#transport-mismatch).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class TlsTests(SharedBox plain, TlsBoxes boxes) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = boxes.Authority;
    private readonly TestAuthority _other = boxes.Other;
    private readonly IPAddress _from = Some.Loopback();

    [Fact]
    public async Task A_client_with_a_good_certificate_is_served_where_one_is_required()
    {
        var box = await boxes.Strict;

        using var client = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("client"), from: _from);
        var submitted = (await client.AskAsync("""{"submit":{"id":"a","pool":"p","args":["/bin/true"]}}"""))[0].GetProperty("submit");

        submitted.Keys().Should().Equal("a");
        client.BoxName.Should().Be("box");
        box.Log.Has($"{_from}:").Should().BeFalse();
    }

    [Fact]
    public async Task A_client_without_a_required_certificate_receives_an_error()
    {
        var box = await boxes.Strict;
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("guest"));

        using var client = await TlsConnection.OpenAsync(box.Port, _authority, from: _from);
        var answer = await client.AskAsync("[]");

        answer[0].Text("code").Should().Be("certificate_refused");
        (await client.ReadLineAsync()).Should().BeNull();
        await SaidOnceAsync(box, guest, "the client sent no certificate, but one is required");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task A_client_with_a_certificate_of_another_authority_receives_an_error(int verify)
    {
        var box = await (verify is 2 ? boxes.Strict : boxes.Asking);
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("guest"));

        using var client = await TlsConnection.OpenAsync(box.Port, _authority, _other.Sign("client"), from: _from);
        var answer = await client.AskAsync("""[{"submit":{"pool":"p","args":["/bin/true"]}}]""");

        answer[0].Text("code").Should().Be("certificate_refused");
        await SaidOnceAsync(
            box, guest, "the certificate 'CN=client' of the client is not trusted: its issuer 'CN=Other CA' does not lead to");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_client_without_a_certificate_is_served_where_none_is_required(int verify)
    {
        var box = await (verify is 1 ? boxes.Asking : boxes.Open);

        using var client = await TlsConnection.OpenAsync(box.Port, _authority);

        (await client.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_box_is_named_in_the_log()
    {
        var box = await boxes.Open;
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);

        await FluentActions.Awaiting(() => TlsConnection.OpenAsync(box.Port, _other, from: _from))
            .Should().ThrowAsync<AuthenticationException>();

        await SaidOnceAsync(
            box, guest, "the client closed the connection right after the handshake; it probably does not trust our certificate");
    }

    [Fact]
    public async Task A_client_that_looks_for_another_host_is_named_in_the_log()
    {
        var box = await boxes.Open;
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);

        await FluentActions.Awaiting(() => TlsConnection.OpenAsync(box.Port, _authority, host: "n2", from: _from))
            .Should().ThrowAsync<AuthenticationException>();

        await SaidOnceAsync(box, guest, "the client closed the connection right after the handshake");
    }

    [Fact]
    public async Task Plain_text_at_a_TLS_port_receives_an_error_in_plain_text()
    {
        var box = await boxes.Open;
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);

        using var client = await BoxConnection.OpenAsync(box.Port, from: _from);
        var answer = await client.AskAsync("""[{"status":{}}]""");

        answer[0].Text("code").Should().Be("tls_required");
        answer[0].Text("error").Should().StartWith("this port speaks TLS");
        (await client.ReadLineAsync()).Should().BeNull();
        await SaidOnceAsync(box, guest, "it speaks plain text, and this port speaks TLS");
    }

    [Fact]
    public async Task TLS_at_a_plain_text_port_receives_an_error()
    {
        var open = () => TlsConnection.OpenAsync(plain.Box.Port, _authority, from: _from);

        await open.Should().ThrowAsync<AuthenticationException>();

        await SaidOnceAsync(plain.Box, "it speaks TLS, and this port speaks plain text");
        (await plain.Box.AskLineAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_silent_client_is_disconnected_after_a_time_and_delays_no_other()
    {
        var box = await boxes.Open;

        using var silent = await BoxConnection.OpenAsync(box.Port, from: _from);
        using var guest = await TlsConnection.OpenAsync(box.Port, _authority);
        (await guest.AskAsync("[]")).ToString().Should().Be("[]");

        (await silent.ReadLineAsync()).Should().BeNull();
        await SaidOnceAsync(box, guest, "TLS handshake not complete after 10 s");
    }

    [Fact]
    public async Task A_client_that_sends_no_byte_leaves_no_warning()
    {
        var box = await boxes.Asking;

        (await BoxConnection.OpenAsync(box.Port, from: _from)).Dispose();

        await box.WaitForLogAsync($"{_from}:");
        box.Log.Lines.Should().ContainSingle(line => line.Contains($"{_from}:"))
            .Which.Should().Match($"DEBUG n1.Listener: client {_from}:* disconnected without sending a byte");
    }

    [Fact]
    public async Task A_line_that_is_too_long_receives_an_error_over_TLS_too()
    {
        var box = await boxes.Asking;
        using var client = await TlsConnection.OpenAsync(box.Port, _authority);

        var answer = await client.AskAsync(new string(' ', 200));

        // Sooner than the box ends its lingering close.
        answer[0].Text("code").Should().Be("too_long");
        (await client.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Should().BeNull();
    }

    [Fact]
    public async Task A_running_box_can_switch_to_TLS_and_at_SIGHUP_only_a_good_certificate_is_used_for_new_connections()
    {
        var config = _folder.Write("box.cfg", "{}");
        var file = _folder.Write("box.pem", _authority.Sign("box").Together);
        await using var box = await RunningBox.StartAsync(config);
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");

        var refused = await box.AskObjectAsync(new { config = new { listen = new { ssl = new { cert = file, ciphers = "HIHG" } } } });
        _ = await box.AskAsync("config", new { listen = new { ssl = new { cert = file } } });
        _ = _folder.Write("box.cfg", $$$"""{ "listen": { "ssl": { "cert": "{{{file}}}" } } }""");
        using var before = await TlsConnection.OpenAsync(box.Port, _authority);
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");

        _ = _folder.Write("box.pem", _authority.Sign("damaged").Pem);
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration rejected");
        using var between = await TlsConnection.OpenAsync(box.Port, _authority);

        _ = _folder.Write("box.pem", _authority.Sign("renewed").Together);
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration in force", times: 2);
        using var after = await TlsConnection.OpenAsync(box.Port, _authority);

        refused.Text("error").Should().Contain("listen.ssl.ciphers: unknown or weak cipher 'HIHG'");
        box.Log.Lines.Should().ContainSingle(line => line.StartsWith("ERROR"))
            .Which.Should().Contain("listen.ssl.cert").And.Contain("box.pem: no private key found");
        (before.BoxName, between.BoxName, after.BoxName).Should().Be(("box", "box", "renewed"));
        foreach (var connection in new[] { before, between, after })
            (await connection.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_bad_file_is_named_at_the_start()
    {
        var file = _folder.Write(
            "box.cfg", $$"""{ "listen": { "ssl": { "cert": "{{_folder.File("no.pem")}}", "options": "OP_NO_SSLv4" } } }""");

        var (status, _, errors) = await BoxProgram.RunAsync(file);

        status.Should().Be(2);
        errors.Split('\n')
            .Should().Contain($"{file}: listen.ssl.cert: {_folder.File("no.pem")}: the file cannot be read: there is no such file");
        errors.Should().Contain("listen.ssl.options: unknown option 'OP_NO_SSLv4'");
    }

    public void Dispose() => _folder.Dispose();

    // The log has one line with the address of the client, and an earlier client is still served.
    private async Task SaidOnceAsync(RunningBox box, TlsConnection guest, string text)
    {
        await SaidOnceAsync(box, text);
        (await guest.AskAsync("[]")).ToString().Should().Be("[]");
    }

    private async Task SaidOnceAsync(RunningBox box, string text)
    {
        await box.WaitForLogAsync($"client {_from}:");
        box.Log.Lines.Should().ContainSingle(line => line.Contains($"client {_from}:"))
            .Which.Should().Match($"WARNING n1.Listener: client {_from}:* rejected: {text}*");
    }
}
