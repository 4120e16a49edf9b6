using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>
/// The client over TLS, and its errors when client and box do not match (docs/SPECIFICATION.md#transport-mismatch).
/// </summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("Another CA");

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_job_is_submitted_over_TLS()
    {
        await using var box = await StartAsync();

        var run = await RunAsync(box, $"ssl.cafile={_folder.Write("ca.pem", _authority.Pem)}", "sub", "wait=1", "p", "echo", "hello");

        run.Should().BeEquivalentTo(new { Status = 0, Output = "hello\n", Errors = "" });
    }

    [Fact]
    public async Task A_box_that_requires_a_certificate_accepts_a_signed_one()
    {
        await using var box = await StartAsync($"listen.ssl.cafile={_folder.Write("ca.pem", _authority.Pem)}", "listen.ssl.verify=2");
        var own = _folder.Write("own.pem", _authority.Sign("someone").Together);

        (await RunAsync(box, $"ssl.cafile={_folder.File("ca.pem")}", $"ssl.cert={own}", "pools")).Status.Should().Be(0);
        var without = await RunAsync(box, $"ssl.cafile={_folder.File("ca.pem")}", "pools");

        without.Status.Should().Be(1);
        without.Errors.Should().Contain("certificate");
    }

    [Fact]
    public async Task A_box_with_an_untrusted_certificate_is_an_error_in_one_line()
    {
        await using var box = await StartAsync();

        var run = await RunAsync(box, $"ssl.cafile={_folder.Write("other.pem", _stranger.Pem)}", "pools");
        var careless = await RunAsync(box, "ssl.verify=0", "pools");

        run.Status.Should().Be(1);
        run.Errors.Should().Match($"meeseeks-client: no meeseeks-box at localhost:{box.Port} over TLS: *\n");
        run.Errors.Count(letter => letter is '\n').Should().Be(1);
        careless.Status.Should().Be(0);
    }

    [Fact]
    public async Task Plain_text_at_a_TLS_port_and_the_reverse_are_errors()
    {
        await using var secure = await StartAsync();
        await using var plain = await RunningBox.StartAsync("pools.p.slots=0");

        (await RunAsync(secure, "pools")).Errors.Should().Contain("TLS");
        (await RunAsync(plain, "ssl.verify=0", "pools")).Errors.Should().Contain("speaks plain text on this port and not TLS");
    }

    [Fact]
    public async Task A_missing_certificate_file_is_wrong_usage()
    {
        var run = await ClientProgram.RunAsync("", "ssl.cafile=/no/such.pem", "pools");

        run.Status.Should().Be(2);
        run.Errors.Should().Contain("ssl.cafile").And.Contain("/no/such.pem");
    }

    private Task<RunningBox> StartAsync(params string[] words)
    {
        var certificate = _folder.Write("box.pem", _authority.Sign("box").Together);
        return RunningBox.StartAsync(["pools.p.slots=0", $"listen.ssl.cert={certificate}", .. words]);
    }

    private static Task<ClientRun> RunAsync(RunningBox box, params string[] words) =>
        ClientProgram.RunAsync($"address=localhost port={box.Port}", words);
}
