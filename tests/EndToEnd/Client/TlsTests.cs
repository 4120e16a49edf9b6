using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Tls;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>
/// The client over TLS, and its errors when client and box do not match (docs/SPECIFICATION.md#transport-mismatch).
/// </summary>
[Collection(typeof(SharedBoxes))]
public sealed class TlsTests(SharedBox plain, TlsBoxes boxes) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_is_submitted_over_TLS()
    {
        var run = await RunAsync(await boxes.Open, $"ssl.cafile={boxes.AuthorityFile}", "sub", "wait=1", "p", "echo", "hello");

        run.Should().BeEquivalentTo(new { Status = 0, Output = "hello\n", Errors = "" });
    }

    [Fact]
    public async Task A_box_that_requires_a_certificate_accepts_a_signed_one()
    {
        var box = await boxes.Strict;
        var own = _folder.Write("own.pem", boxes.Authority.Sign("someone").Together);

        (await RunAsync(box, $"ssl.cafile={boxes.AuthorityFile}", $"ssl.cert={own}", "pools")).Status.Should().Be(0);
        var without = await RunAsync(box, $"ssl.cafile={boxes.AuthorityFile}", "pools");

        without.Status.Should().Be(1);
        without.Errors.Should().Contain("certificate");
    }

    [Fact]
    public async Task A_box_with_an_untrusted_certificate_is_an_error_in_one_line()
    {
        var box = await boxes.Open;

        var run = await RunAsync(box, $"ssl.cafile={_folder.Write("other.pem", boxes.Other.Pem)}", "pools");
        var careless = await RunAsync(box, "ssl.verify=0", "pools");

        run.Status.Should().Be(1);
        run.Errors.Should().Match($"meeseeks-client: no meeseeks-box at localhost:{box.Port} over TLS: *\n");
        run.Errors.Count(letter => letter is '\n').Should().Be(1);
        careless.Status.Should().Be(0);
    }

    [Fact]
    public async Task Plain_text_at_a_TLS_port_and_the_reverse_are_errors()
    {
        (await RunAsync(await boxes.Open, "pools")).Errors.Should().Contain("TLS");
        (await RunAsync(plain.Box, "ssl.verify=0", "pools")).Errors.Should().Contain("speaks plain text on this port and not TLS");
    }

    [Fact]
    public async Task A_missing_certificate_file_is_wrong_usage()
    {
        var run = await ClientProgram.RunAsync("", "ssl.cafile=/no/such.pem", "pools");

        run.Status.Should().Be(2);
        run.Errors.Should().Contain("ssl.cafile").And.Contain("/no/such.pem");
    }

    private static Task<ClientRun> RunAsync(RunningBox box, params string[] words) =>
        ClientProgram.RunAsync($"address=localhost port={box.Port}", words);
}
